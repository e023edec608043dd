import { createTransport } from 'nodemailer'
import type { EmailDocument } from '../../../catalog-schema/documents/alert-documents.ts'
import type { Parcel, Sink } from '../message.ts'

export type EmailSettings = Omit<EmailDocument, 'kind'> & { readonly name: string }

/**
 * Sends a message as plain text by SMTP (RFC 5321), one mail to all receivers. Its Message-ID is made of the key, so
 * that servers that look for doubles see one. `starttls` insists: where the server offers none, nothing is sent.
 */
export function emailSink(settings: EmailSettings): Sink {
  const { name, host, port, security = 'starttls', user, password, from, to } = settings
  return {
    name,
    async deliver({ key, message }: Parcel, signal: AbortSignal): Promise<void> {
      const transport = createTransport({
        host,
        port: port ?? (security === 'tls' ? 465 : 587),
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        connectionTimeout: 15_000,
        greetingTimeout: 15_000,
        socketTimeout: 20_000,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      })
      const stop = () => transport.close()
      signal.addEventListener('abort', stop, { once: true })
      try {
        signal.throwIfAborted()
        await transport.sendMail({
          from,
          to: [...to],
          subject: message.title,
          text: message.text,
          messageId: `<${key}@guiji>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Guiji-Alert': message.alert },
        })
      } finally {
        signal.removeEventListener('abort', stop)
        transport.close()
      }
    },
  }
}
