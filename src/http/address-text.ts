import { isSecretName, secretForms } from './secret-forms.ts'

/** Hides what must not be read in a message: user and password, and query values whose name sounds secret. */
export function redactUrl(url: string | URL): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  shown.hash = ''
  for (const name of [...shown.searchParams.keys()]) {
    if (isSecretName(name)) shown.searchParams.set(name, '***')
  }
  return shown.href
}

/** `host:port` of a URL, the port filled in. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`
}

/** Replaces every known secret that a system echoes in what it says. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secretForms(secrets.filter((secret) => secret.length >= 4)).reduce(
    (cleaned, form) => cleaned.replaceAll(form, '***'),
    text,
  )
}
