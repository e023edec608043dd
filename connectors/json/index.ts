import type { Connector } from '../../src/connector.ts'
import { jsonConfigSchema, jsonReadSchema } from './config.ts'
import { jsonSession } from './session.ts'

/** JSON files: an array, an array inside a document, or one record a line. */
export const json: Connector = {
  kind: 'json',
  title: { en: 'JSON files', zh: 'JSON 文件' },
  configSchema: jsonConfigSchema,
  readSchema: jsonReadSchema,
  open: async (config, context) => jsonSession(String(config.root), context),
}
