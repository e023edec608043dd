import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

/** The body is longer than allowed. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** Compressed data that stops before its end. That a body is shorter than announced is found by undici itself. */
export class BodyCutOff extends Error {
  override readonly name = 'BodyCutOff'
}

export interface BodyHeaders {
  readonly encoding?: string
  readonly contentType?: string
}

const inflaters = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/** What `inflaters` understand, for the request. */
export const acceptedEncodings = 'gzip, deflate, br'

/** Reads a whole body: at most `limit` bytes, decompressed, as UTF-8. Throws BodyTooLarge and BodyCutOff. */
export async function readBody(
  chunks: AsyncIterable<Buffer>,
  headers: BodyHeaders,
  limit: number,
): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) throw new BodyTooLarge(`more than ${limit} bytes`)
    parts.push(chunk)
  }
  const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  return toUtf8(await inflated(bytes, headers.encoding, limit), headers.contentType)
}

async function inflated(bytes: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  const name = (encoding ?? '').trim().toLowerCase()
  const inflater = Object.hasOwn(inflaters, name) ? inflaters[name as keyof typeof inflaters] : undefined
  if (!inflater || bytes.length === 0) return bytes
  try {
    return await inflater(bytes, { maxOutputLength: limit })
  } catch (error) {
    if (error instanceof RangeError) throw new BodyTooLarge(`more than ${limit} bytes`, { cause: error })
    throw new BodyCutOff(`the ${name} data ends too early or is damaged`, { cause: error })
  }
}

/**
 * JSON is UTF-8 (RFC 8259), but older systems answer in GBK and say so; a byte order mark is dropped. Some say so and
 * answer in UTF-8: characters of three bytes hardly ever come about by chance. What is neither stays as it is, so
 * that the records concerned are found and rejected instead of read with other characters.
 */
function toUtf8(bytes: Buffer, contentType: string | undefined): Buffer {
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase()
  if (charset !== undefined && /^(gb18030|gbk|gb2312)$/.test(charset)) {
    return isUtf8(bytes) && bytes.some((byte) => byte >= 0xe0) ? bytes : fromGbk(bytes)
  }
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return marked ? bytes.subarray(3) : bytes
}

function fromGbk(bytes: Buffer): Buffer {
  try {
    return Buffer.from(new TextDecoder('gb18030', { fatal: true }).decode(bytes), 'utf8')
  } catch {
    return bytes
  }
}
