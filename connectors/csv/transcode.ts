import { type Block, HEADROOM_BYTES } from '../../src/records/file-blocks.ts'
import type { CsvEncoding } from './config.ts'

/** `bytes[from …)` are new; what is before is free for the unfinished record of the block before. */
export interface TextBlock {
  readonly bytes: Buffer
  readonly from: number
}

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
      block: ({ buffer, length }) => ({
        bytes: buffer.subarray(0, HEADROOM_BYTES + length),
        from: HEADROOM_BYTES,
      }),
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

/** Puts the unfinished record of the last block before the new bytes of this one. */
export function withRest(rest: Buffer, block: TextBlock): TextBlock {
  if (rest.length === 0) return block
  if (rest.length <= block.from) {
    rest.copy(block.bytes, block.from - rest.length)
    return { bytes: block.bytes, from: block.from - rest.length }
  }
  return { bytes: Buffer.concat([rest, block.bytes.subarray(block.from)]), from: 0 }
}
