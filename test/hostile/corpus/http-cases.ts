import type { ServerResponse } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type HostileCase, http } from './hostile-case.ts'

const good = '[{"a":"1","b":"x"},{"a":"2","b":"y"}]'
const spaces = Buffer.alloc(16 << 20, 0x20)
const gzipBomb = gzipSync(spaces)
const brotliBomb = brotliCompressSync(spaces, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
type Headers = Readonly<Record<string, string>>

/** An answer of JSON. */
function say(response: ServerResponse, body: string | Buffer, headers: Headers = {}, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body)
}

/** Bytes as they are, past the rules of HTTP. */
function raw(response: ServerResponse, text: string): void {
  response.socket?.end(Buffer.from(text, 'latin1'))
}

const html = { 'content-type': 'text/html' }
const plain = (
  name: string,
  status: number,
  body = 'no',
  headers: Headers = { 'content-type': 'text/plain' },
) => http(name, (response) => say(response, body, headers, status))
const counted = { paging: { kind: 'page', size: 2, totalPath: 'total' }, records: 'rows' }

export const httpCases: readonly HostileCase[] = [
  http('a sound answer', (response) => say(response, good)),
  http('HTML with status 200', (response) => say(response, '<html><title>登录</title></html>', html)),
  http('HTML said to be JSON', (response) => say(response, '<!doctype html><p>login</p>')),
  http('XML', (response) => say(response, '<?xml version="1.0"?><rows/>', { 'content-type': 'text/xml' })),
  http('JSON said to be text', (response) => say(response, good, { 'content-type': 'text/plain' })),
  http('nothing', (response) => say(response, '')),
  http('no content', (response) => say(response, '', {}, 204)),
  http('null', (response) => say(response, 'null')),
  http('an error with status 200', (response) => say(response, '{"code":500,"message":"系统异常"}')),
  http('a byte order mark', (response) => say(response, `\ufeff${good}`)),
  http('GBK as it says', (response) =>
    say(response, Buffer.from('[{"a":"1","b":"\xba\xe2\xcb\xae"}]', 'latin1'), {
      'content-type': 'application/json;charset=GBK',
    }),
  ),
  http('UTF-8 that says it is GBK', (response) =>
    say(response, '[{"a":"1","b":"衡水"}]', { 'content-type': 'application/json;charset=GBK' }),
  ),
  http('GBK with a byte that is none', (response) =>
    say(response, Buffer.from('[{"a":"1","b":"\xba\xe2\xff"},{"a":"2","b":"y"}]', 'latin1'), {
      'content-type': 'application/json;charset=GBK',
    }),
  ),
  http('GBK that says it is UTF-8', (response) =>
    say(response, Buffer.from('[{"a":"1","b":"\xba\xe2\xcb\xae"},{"a":"2","b":"y"}]', 'latin1'), {
      'content-type': 'application/json;charset=utf-8',
    }),
  ),
  http('UTF-16', (response) =>
    say(response, Buffer.from(good, 'utf16le'), { 'content-type': 'application/json;charset=utf-16' }),
  ),
  http('a length that is too long', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n${good}`),
  ),
  http('a length that is too short', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n${good}`),
  ),
  http('two lengths', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\ncontent-length: 10\r\ncontent-length: ${good.length}\r\n\r\n${good}`),
  ),
  http('a length and chunks', (response) =>
    raw(
      response,
      `HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n${good.length.toString(16)}\r\n${good}\r\n0\r\n\r\n`,
    ),
  ),
  http('chunks that stop', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[{"a"\r\n`),
  ),
  http('a chunk of no size', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n${good}`),
  ),
  http('no length, closed in the middle', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${good.slice(0, 20)}`),
  ),
  http('no HTTP', (response) => raw(response, '220 mail.example.com ESMTP\r\n')),
  http('a status that is none', (response) => raw(response, `HTTP/1.1 999999 OK\r\n\r\n`)),
  http('a header that is none', (response) => raw(response, `HTTP/1.1 200 OK\r\nx y z\0\r\n\r\n${good}`)),
  http('headers of 64 KiB', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(65_536)}\r\ncontent-length: 2\r\n\r\n[]`),
  ),
  http('200,000 headers', (response) =>
    raw(response, `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(200_000)}content-length: 2\r\n\r\n[]`),
  ),
  http('closed without a word', (response) => response.socket?.destroy()),
  http('reset', (response) => response.socket?.resetAndDestroy()),
  http('silence', () => {}, { isSlow: true }),
  http('one byte and then silence', (response) => void response.writeHead(200).write('['), { isSlow: true }),
  http(
    'a drip without an end',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(timer))
    },
    { isSlow: true },
  ),
  http('five MiB', (response) => say(response, Buffer.alloc(5 << 20, 0x20))),
  http('a stream without an end', (response) => {
    response.writeHead(200)
    const more = () => {
      while (response.writable && response.write(Buffer.alloc(65_536, 0x20)));
    }
    response.on('drain', more)
    more()
  }),
  http('gzip', (response) => say(response, gzipSync(good), { 'content-encoding': 'gzip' })),
  http('a bomb of gzip', (response) => say(response, gzipBomb, { 'content-encoding': 'gzip' })),
  http('a bomb of brotli', (response) => say(response, brotliBomb, { 'content-encoding': 'br' })),
  http('gzip cut off', (response) =>
    say(response, gzipSync(good).subarray(0, -8), { 'content-encoding': 'gzip' }),
  ),
  http('gzip with a wrong check sum', (response) => {
    const packed = gzipSync(good)
    packed[packed.length - 8] = 255 - (packed[packed.length - 8] ?? 0)
    say(response, packed, { 'content-encoding': 'gzip' })
  }),
  http('gzip that is none', (response) => say(response, good, { 'content-encoding': 'gzip' })),
  http('gzip twice', (response) =>
    say(response, gzipSync(gzipSync(good)), { 'content-encoding': 'gzip, gzip' }),
  ),
  http('gzip that says nothing of it', (response) => say(response, gzipSync(good))),
  http('an encoding that nobody asked for', (response) =>
    say(response, good, { 'content-encoding': 'zstd' }),
  ),
  http('round in circles', (response) => say(response, '', { location: '/round' }, 302)),
  http('to another port', (response) => say(response, '', { location: 'http://127.0.0.1:1/' }, 302)),
  http('to the metadata of the cloud', (response) =>
    say(response, '', { location: 'http://169.254.169.254/latest/meta-data/' }, 302),
  ),
  http('to a file', (response) => say(response, '', { location: 'file:///etc/passwd' }, 302)),
  http('to nowhere', (response) => say(response, '', { location: 'http://[' }, 302)),
  http('moved without a place', (response) => say(response, '', {}, 302)),
  plain('400', 400),
  plain('401', 401),
  plain('403', 403, '<html><title>WAF</title></html>', html),
  plain('404', 404),
  plain('407', 407),
  plain('408', 408),
  plain('418', 418),
  plain('429', 429),
  plain('500', 500),
  plain('501', 501),
  plain('503 and come back in a second', 503, 'no', { 'retry-after': '1' }),
  http('500 once', (response, nth) => (nth === 1 ? say(response, '', {}, 500) : say(response, good))),
  http('not modified, though nobody asked', (response) => say(response, '', {}, 304)),
  http('part of it', (response) => say(response, good, { 'content-range': 'bytes 0-36/100' }, 206)),
  http('JSON cut off', (response) => say(response, good.slice(0, -10))),
  http('JSON nested a hundred thousand deep', (response) =>
    say(response, `[{"a":"1","b":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`),
  ),
  http(
    'a list nested around the records',
    (response) => say(response, `${'{"x":'.repeat(50_000)}[]${'}'.repeat(50_000)}`),
    { read: { records: 'rows' } },
  ),
  http(
    'fewer records than the total',
    (response, _, url) =>
      say(
        response,
        url.searchParams.get('page') === '1'
          ? '{"total":9,"rows":[{"a":"1","b":"x"},{"a":"2","b":"y"}]}'
          : '{"total":9,"rows":[]}',
      ),
    { read: counted },
  ),
  http(
    'a total that is no number',
    (response) => say(response, '{"total":"many","rows":[{"a":"1","b":"x"}]}'),
    { read: counted },
  ),
  http('a negative total', (response) => say(response, '{"total":-1,"rows":[{"a":"1","b":"x"}]}'), {
    read: counted,
  }),
  http(
    'the same page for ever',
    (response) => say(response, '{"total":100,"rows":[{"a":"1","b":"x"},{"a":"2","b":"y"}]}'),
    { read: counted },
  ),
  http(
    'the second page fails',
    (response, _, url) =>
      url.searchParams.get('page') === '1'
        ? say(response, '{"total":4,"rows":[{"a":"1","b":"x"},{"a":"2","b":"y"}]}')
        : say(response, 'oops', {}, 500),
    { read: counted },
  ),
  http('empty pages for ever', (response, nth) => say(response, `{"next":"c${nth}","rows":[]}`), {
    read: { records: 'rows', paging: { kind: 'cursor', cursorPath: 'next' } },
  }),
  http(
    'a next page on another host',
    (response) => say(response, '{"next":"http://169.254.169.254/","rows":[{"a":"1","b":"x"}]}'),
    { read: { records: 'rows', paging: { kind: 'link', cursorPath: 'next' } } },
  ),
]
