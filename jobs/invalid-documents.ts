import { GuijiError } from '../src/errors/guiji-error.ts'
import type { Problem } from '../src/workspace/problem.ts'

/** Documents with problems, all of them at once. `path`: the workspace or list they stand in. */
export class InvalidDocuments extends GuijiError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], path: string) {
    super('DOCUMENT_INVALID', { count: problems.length, path })
    this.problems = problems
  }
}
