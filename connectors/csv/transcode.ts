import { type Block, HEADROOM_BYTES, plainText, type TextBlock } from '../../src/records/file-blocks.ts'
import type { CsvEncoding } from './config.ts'

/**
 * Turns blocks of a file into blocks that can be cut on ASCII bytes: UTF-8 and GB18030 stay what they are, UTF-16
 * becomes UTF-8. What is not valid UTF-16 becomes U+FFFD, by which `decode` knows the damaged record.
 */
export function transcoder(encoding: CsvEncoding): {
  block(block: Block): TextBlock
  /** What was left of a character at the end of the file. */
  end(): TextBlock
} {
  if (encoding === 'utf-8' || encoding === 'gb18030') {
    return {
      block: plainText,
      end: () => textBlock(''),
    }
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  return {
    block: ({ buffer, length }) =>
      textBlock(decoder.decode(buffer.subarray(HEADROOM_BYTES, HEADROOM_BYTES + length), { stream: true })),
    end: () => textBlock(decoder.decode()),
  }
}

function textBlock(text: string): TextBlock {
  const bytes = Buffer.allocUnsafe(HEADROOM_BYTES + Buffer.byteLength(text))
  bytes.write(text, HEADROOM_BYTES)
  return { bytes, from: HEADROOM_BYTES }
}
