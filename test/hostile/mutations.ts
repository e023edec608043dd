import fc from 'fast-check'

/** What is done to a document at a place between 0 and 1 of its length. */
type Mutation =
  | { readonly kind: 'flip' | 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'delete' | 'repeat'; readonly at: number; readonly length: number }

const at = fc.double({ min: 0, max: 1, noNaN: true })
const length = fc.integer({ min: 1, max: 300 })
const troublesome = [
  '"',
  "'",
  ',',
  '\n',
  '\r',
  '\0',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  '\ufeff',
  '衡',
  '<',
  '&',
  '-',
  'e9',
  '1'.repeat(30),
]
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
  fc.constantFrom(...troublesome).map((text) => new Uint8Array(Buffer.from(text))),
)

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip'), at }),
  fc.record({ kind: fc.constant('cut'), at }),
  fc.record({ kind: fc.constant('insert'), at, bytes }),
  fc.record({ kind: fc.constantFrom('delete', 'repeat'), at, length }),
)

/** Any bytes, or one of the given documents with some damage. */
export function damaged(documents: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const anything = fc.uint8Array({ maxLength: 2000 }).map((any) => Buffer.from(any))
  const changed = fc
    .tuple(fc.constantFrom(...documents), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([document, mutations]) => mutations.reduce(apply, document))
  return fc.oneof({ weight: 1, arbitrary: anything }, { weight: 6, arbitrary: changed })
}

function apply(document: Buffer, mutation: Mutation): Buffer {
  const place = Math.floor(mutation.at * document.length)
  const [before, after] = [document.subarray(0, place), document.subarray(place)]
  switch (mutation.kind) {
    case 'flip':
      return Buffer.concat([before, Buffer.from([255 - (after[0] ?? 0)]), after.subarray(1)])
    case 'cut':
      return before
    case 'insert':
      return Buffer.concat([before, mutation.bytes, after])
    case 'delete':
      return Buffer.concat([before, after.subarray(mutation.length)])
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, mutation.length), after])
  }
}
