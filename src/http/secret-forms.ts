/**
 * A secret as it may stand in a text that somebody else made of it: in a URL, in a form, in JSON (once or twice), in
 * base64. Where the secret is a URL, its password is one as well. Longest first, so that none leaves a rest.
 */
export function secretForms(secrets: readonly string[]): readonly string[] {
  const all = secrets.flatMap((secret) => [secret, ...passwordsOf(secret)]).filter((secret) => secret !== '')
  const forms = all.flatMap((secret) => [...new Set(formsOf(secret))])
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret)
  const form = new URLSearchParams([['', secret]]).toString().slice(1)
  const json = escaped(secret)
  return [
    secret,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    form,
    json,
    escaped(json),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function passwordsOf(secret: string): readonly string[] {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(secret) || !URL.canParse(secret)) return []
  const { password, searchParams } = new URL(secret)
  const named = [...searchParams].filter(([name]) => isSecretName(name)).map(([, value]) => value)
  return [password, decoded(password), ...named]
}

/** A password that was not encoded as a URL wants it is its own. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a header or parameter of this name is likely to hold a secret. */
export function isSecretName(name: string): boolean {
  return /key|token|secret|sign|pass|pwd|auth|credential|cookie|密/i.test(name)
}
