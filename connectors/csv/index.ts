import type { Connector } from '../../src/connector.ts'
import { csvConfigSchema, csvReadSchema } from './config.ts'
import { csvSession } from './session.ts'

/** Files of delimited text: CSV, TSV and their kin, in UTF-8, GB18030 or UTF-16. */
export const csv: Connector = {
  kind: 'csv',
  title: { en: 'CSV files', zh: 'CSV 文件' },
  configSchema: csvConfigSchema,
  readSchema: csvReadSchema,
  open: async (config, context) => csvSession(String(config.root), context),
}
