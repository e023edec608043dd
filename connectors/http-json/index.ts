import type { Connector } from '../../src/connector.ts'
import { configSchema, parseConfig } from './config.ts'
import { readSchema } from './read.ts'
import { openSession } from './session.ts'

/** Interfaces that answer JSON over HTTP, whole or in pages. Signing is described in `src/http/signing.ts`. */
export const httpJson: Connector = {
  kind: 'http-json',
  title: { en: 'HTTP interface with JSON', zh: 'HTTP JSON 接口' },
  configSchema,
  readSchema,
  async open(config, context) {
    return openSession(parseConfig(config, context), context)
  },
}
