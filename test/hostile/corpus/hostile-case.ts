import type { ServerResponse } from 'node:http'

/** A file, or an answer of an interface, with which a source could trouble guiji. */
export interface HostileCase {
  readonly name: string
  readonly kind: 'csv' | 'json' | 'excel' | 'http-json'
  /** Of a file. */
  readonly content?: () => Buffer | string | Promise<Buffer | string>
  /** Of an interface; `nth` counts the requests for this case from 1. */
  readonly answer?: (response: ServerResponse, nth: number, url: URL) => void
  /** The answer takes longer than anybody should wait. */
  readonly isSlow?: boolean
  /** Beside the file or the path. */
  readonly read?: Readonly<Record<string, unknown>>
  /** Source fields, each an item of text; default: `a` (the key) and `b`. */
  readonly fields?: readonly string[]
}

export function csv(
  name: string,
  content: Buffer | string | (() => Buffer | string),
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name: `csv: ${name}`, kind: 'csv', content: asFunction(content), ...more }
}

export function json(
  name: string,
  content: Buffer | string | (() => Buffer | string),
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name: `json: ${name}`, kind: 'json', content: asFunction(content), ...more }
}

export function excel(
  name: string,
  content: () => Buffer | string | Promise<Buffer | string>,
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name: `excel: ${name}`, kind: 'excel', content, ...more }
}

export function http(
  name: string,
  answer: NonNullable<HostileCase['answer']>,
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name: `http: ${name}`, kind: 'http-json', answer, ...more }
}

function asFunction(content: Buffer | string | (() => Buffer | string)): () => Buffer | string {
  return typeof content === 'function' ? content : () => content
}

/** Bytes written as text of single bytes, where no encoding is meant. */
export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
