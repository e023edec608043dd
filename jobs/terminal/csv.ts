/** One line of CSV, RFC 4180: fields are quoted where they must be; null is an empty field. */
export function csvLine(fields: readonly (string | null)[]): string {
  return `${fields.map(csvField).join(',')}\n`
}

function csvField(field: string | null): string {
  if (field === null) return ''
  return /[",\r\n]/.test(field) || field === '' ? `"${field.replaceAll('"', '""')}"` : field
}
