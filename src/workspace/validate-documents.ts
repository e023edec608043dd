import calendarSchema from '../../catalog-schema/documents/calendar.schema.json' with { type: 'json' }
import departmentSchema from '../../catalog-schema/documents/department.schema.json' with { type: 'json' }
import harvestSchema from '../../catalog-schema/documents/harvest.schema.json' with { type: 'json' }
import sourceSchema from '../../catalog-schema/documents/source.schema.json' with { type: 'json' }
import waiverSchema from '../../catalog-schema/documents/waiver.schema.json' with { type: 'json' }
import workspaceSchema from '../../catalog-schema/documents/workspace.schema.json' with { type: 'json' }
import type { ParsedDocument } from './parse-document.ts'
import { parseDocument } from './parse-document.ts'
import type { DocumentRole, WorkspaceFile } from './read-files.ts'
import type { LocatedProblem } from './schema-problems.ts'
import { schemaProblems } from './schema-problems.ts'
import type { Validator } from './schema-validator.ts'
import { createValidator } from './schema-validator.ts'

/** A parsed file and what its schema says about it. */
export interface CheckedDocument {
  readonly role: DocumentRole
  readonly document: ParsedDocument
  /** Empty also where the file could not be parsed: then `document.problems` tells. */
  readonly problems: readonly LocatedProblem[]
}

const validators: Readonly<Record<DocumentRole, Validator>> = {
  workspace: createValidator(workspaceSchema, { strict: true }),
  department: createValidator(departmentSchema, { strict: true }),
  source: createValidator(sourceSchema, { strict: true }),
  harvest: createValidator(harvestSchema, { strict: true }),
  calendar: createValidator(calendarSchema, { strict: true }),
  waiver: createValidator(waiverSchema, { strict: true }),
}

export function checkDocument(file: WorkspaceFile): CheckedDocument {
  const document = parseDocument(file.file, file.text)
  if (document.problems.length > 0) return { role: file.role, document, problems: [] }
  // A file in which everything is commented out holds nothing, which is no mistake.
  if (document.value === null && file.role !== 'workspace') return { role: file.role, document, problems: [] }
  const errors = validators[file.role](document.value)
  return { role: file.role, document, problems: schemaProblems(document, [], errors) }
}
