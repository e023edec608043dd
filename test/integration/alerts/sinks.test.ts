import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { composer } from '../../../jobs/alert-words.ts'
import type { Parcel } from '../../../src/alerts/message.ts'
import { emailSink } from '../../../src/alerts/sinks/email.ts'
import { webhookSink } from '../../../src/alerts/sinks/webhook.ts'
import { receiver } from './receiver.ts'

const secret = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`
const parcel: Parcel = {
  key: '0b8f7c52-8f5c-4e0a-9d1e-000000000001',
  message: composer('zh', 'Asia/Shanghai')(
    {
      id: 7n,
      kind: 'promise-late',
      source: 'mz_files',
      department: null,
      cause: 'source-unreachable:dns',
      datasets: Array.from({ length: 60 }, (_, at) => `d${at}`),
      note: null,
      openedAt: new Date('2026-11-09T00:00Z'),
      closedAt: null,
    },
    'opened',
  ),
}
const signal = AbortSignal.timeout(20_000)
const clock = Date.now

describe('a webhook', () => {
  test('is signed so that the reference implementation of the specification takes it', async () => {
    await using hook = await receiver()
    await webhookSink({ name: 'duty', url: hook.url, secret, clock }).deliver(parcel, signal)
    const [got] = hook.received
    if (got === undefined) throw new Error('nothing came')
    const payload = new Webhook(secret).verify(got.body, got.headers as Record<string, string>)
    expect(payload).toMatchObject({
      type: 'alert.opened',
      data: { alert: '7', article: 39, severity: 'error' },
    })
    expect(got.headers['webhook-id']).toBe(parcel.key)
    expect(() =>
      new Webhook(secret).verify(got.body.replace('"7"', '"8"'), got.headers as Record<string, string>),
    ).toThrow()
  })

  test.each([400, 404, 500, 301])(
    'answered with %i was not delivered, and goes nowhere else',
    async (status) => {
      await using other = await receiver()
      await using hook = await receiver((response) =>
        response.writeHead(status, { location: other.url }).end(),
      )
      const sink = webhookSink({ name: 'duty', url: hook.url, secret: 'plain', clock })
      await expect(sink.deliver(parcel, signal)).rejects.toThrow(String(status))
      expect(other.received).toEqual([])
    },
  )

  test('stops when it is told to', async () => {
    await using hook = await receiver(() => {})
    const stop = new AbortController()
    const sending = webhookSink({ name: 'duty', url: hook.url, secret, clock }).deliver(parcel, stop.signal)
    await hook.until(1)
    stop.abort()
    await expect(sending).rejects.toThrow(/abort/i)
  })
})

interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly source: string
  readonly secure: boolean
  readonly user: string
}

async function mailServer(options: { readonly tls: boolean; readonly password?: string }) {
  const mails: Mail[] = []
  const server = new SMTPServer({
    disabledCommands: [
      ...(options.tls ? [] : ['STARTTLS' as const]),
      ...(options.password === undefined ? ['AUTH' as const] : []),
    ],
    allowInsecureAuth: true,
    authOptional: options.password === undefined,
    onAuth: ({ username, password }, _session, done) =>
      password === options.password ? done(null, { user: username }) : done(new Error('wrong password')),
    onData(stream, session, done) {
      void text(stream).then((source) => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        mails.push({
          from,
          to: rcptTo.map(({ address }) => address),
          source,
          secure: session.secure,
          user: String(session.user ?? ''),
        })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    mails,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const letter = {
  name: 'chief',
  host: '127.0.0.1',
  from: '归集 <guiji@example.test>',
  to: ['a@example.test', 'b@example.test'],
}

describe('a mail', () => {
  test('reaches a real server: sender, receivers, Chinese subject and text, the key as its id', async () => {
    await using server = await mailServer({ tls: false, password: 'sesame' })
    const sink = emailSink({
      ...letter,
      port: server.port,
      security: 'none',
      user: 'guiji',
      password: 'sesame',
    })
    await sink.deliver(parcel, signal)
    const [mail] = server.mails
    expect(mail).toMatchObject({ from: 'guiji@example.test', to: letter.to, secure: false, user: 'guiji' })
    const [head = '', body = ''] = (mail?.source ?? '').split('\r\n\r\n')
    expect(head).toContain(`Message-ID: <${parcel.key}@guiji>`)
    expect(subjectOf(head)).toBe(
      '【严重】逾期未提供数据：mz_files，涉及 60 项共享信息（源系统不可达：域名无法解析）',
    )
    expect(textOf(head, body)).toContain('依据：《政务数据共享条例》第三十九条')
    expect(textOf(head, body)).toContain('d49 等另 10 项')
  })

  test('goes only over TLS unless the workspace says otherwise', async () => {
    await using server = await mailServer({ tls: false })
    await expect(emailSink({ ...letter, port: server.port }).deliver(parcel, signal)).rejects.toThrow()
    expect(server.mails).toEqual([])
  })

  test('is not sent with a wrong password, nor over a connection whose certificate nobody knows', async () => {
    await using closed = await mailServer({ tls: false, password: 'sesame' })
    const wrong = emailSink({ ...letter, port: closed.port, security: 'none', user: 'guiji', password: 'x' })
    await expect(wrong.deliver(parcel, signal)).rejects.toThrow(/wrong password/)
    await using selfSigned = await mailServer({ tls: true })
    await expect(emailSink({ ...letter, port: selfSigned.port }).deliver(parcel, signal)).rejects.toThrow(
      /certificate/,
    )
    expect([...closed.mails, ...selfSigned.mails]).toEqual([])
  })

  test('has no header that a name brought in', async () => {
    await using server = await mailServer({ tls: false })
    const message = { ...parcel.message, title: 'a\r\nBcc: thief@example.test' }
    await emailSink({ ...letter, port: server.port, security: 'none' }).deliver(
      { ...parcel, message },
      signal,
    )
    expect(server.mails[0]?.to).toEqual(letter.to)
    expect(server.mails[0]?.source).not.toMatch(/^Bcc:/im)
  })
})

/** RFC 2047 words of the subject, joined. */
function subjectOf(head: string): string {
  const subject = /^Subject: ((?:.|\r\n[ \t])*)/m.exec(head)?.[1] ?? ''
  const bytes = [...subject.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)].map(([, kind, word = '']) =>
    kind?.toUpperCase() === 'B' ? Buffer.from(word, 'base64') : unquoted(word.replaceAll('_', ' ')),
  )
  return Buffer.concat(bytes).toString()
}

function textOf(head: string, body: string): string {
  return /base64/i.test(head)
    ? Buffer.from(body, 'base64').toString()
    : unquoted(body.replaceAll('=\r\n', '')).toString()
}

function unquoted(word: string): Buffer {
  return Buffer.from(
    word.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}
