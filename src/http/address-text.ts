const secretName = /key|token|secret|sign|pass|pwd|auth|credential|密/i

/** Hides what must not be read in a message: user and password, and query values whose name sounds secret. */
export function redactUrl(url: string | URL): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  shown.hash = ''
  for (const name of [...shown.searchParams.keys()]) {
    if (secretName.test(name)) shown.searchParams.set(name, '***')
  }
  return shown.href
}

/** `host:port` of a URL, the port filled in. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`
}

/** Replaces every known secret that a system echoes in what it says. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= 4)
    .reduce(
      (cleaned, secret) => cleaned.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***'),
      text,
    )
}
