import type { Connector } from '../../src/connector.ts'
import { excelConfigSchema, excelReadSchema } from './config.ts'
import { excelSession } from './session.ts'

/** Excel workbooks (.xlsx): one table on a sheet, with a header row. */
export const excel: Connector = {
  kind: 'excel',
  title: { en: 'Excel workbooks', zh: 'Excel 工作簿' },
  configSchema: excelConfigSchema,
  readSchema: excelReadSchema,
  open: async (config, context) => excelSession(String(config.root), context),
}
