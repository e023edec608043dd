import type { Connector } from '../src/connector.ts'
import { csv } from './csv/index.ts'

/** Every connector there is, one line each. */
export const connectors: readonly Connector[] = [
  csv, //
]
