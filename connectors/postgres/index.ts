import type { Connector } from '../../src/connector.ts'
import { configSchema, parseConfig, readSchema } from './config.ts'
import { openSession } from './session.ts'

/**
 * PostgreSQL and its relatives (Kingbase, openGauss …): tables, views and queries, by COPY in one read-only
 * snapshot. What has not changed is found inside the source, without moving a row.
 */
export const postgres: Connector = {
  kind: 'postgres',
  title: { en: 'PostgreSQL and its relatives', zh: 'PostgreSQL 及兼容数据库' },
  configSchema,
  readSchema,
  async open(config, context) {
    return openSession(parseConfig(config, context), context)
  },
}
