/**
 * The text of a `numeric` in binary form: groups of four decimal digits, the weight of the first group, the sign
 * and the number of digits after the point (src/backend/utils/adt/numeric.c, numeric_send).
 */
export function numericText(bytes: Buffer, start: number): string {
  const groups = bytes.readInt16BE(start)
  const weight = bytes.readInt16BE(start + 2)
  const sign = bytes.readUInt16BE(start + 4)
  const scale = bytes.readUInt16BE(start + 6)
  if (sign === 0xc000) return 'NaN'
  if (sign === 0xd000) return 'Infinity'
  if (sign === 0xf000) return '-Infinity'

  const group = (index: number) =>
    index >= 0 && index < groups ? bytes.readInt16BE(start + 8 + index * 2) : 0
  let text = sign === 0x4000 ? '-' : ''
  text += weight < 0 ? '0' : String(group(0))
  for (let index = 1; index <= weight; index++) text += padded(group(index))
  if (scale === 0) return text

  let fraction = ''
  for (let index = weight + 1; fraction.length < scale; index++) fraction += padded(group(index))
  return `${text}.${fraction.slice(0, scale)}`
}

function padded(group: number): string {
  return String(group).padStart(4, '0')
}
