import type { Connector } from '../src/connector.ts'
import { csv } from './csv/index.ts'
import { excel } from './excel/index.ts'
import { httpJson } from './http-json/index.ts'
import { json } from './json/index.ts'
import { postgres } from './postgres/index.ts'

/** Every connector there is, one line each. */
export const connectors: readonly Connector[] = [
  csv, //
  json,
  excel,
  httpJson,
  postgres,
]
