import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { bytes, csv, type HostileCase } from './hostile-case.ts'

const spectrum = path.dirname(createRequire(import.meta.url).resolve('csv-spectrum'))

/** The files of csv-spectrum; its own answers are compared beside the outcome. */
const spectrumCases = readdirSync(path.join(spectrum, 'csvs')).map((file): HostileCase => {
  const name = path.basename(file, '.csv')
  const [first = {}] = spectrumRecords(name)
  return csv(`spectrum ${name}`, readFileSync(path.join(spectrum, 'csvs', file)), {
    fields: Object.keys(first),
  })
})

export function spectrumRecords(name: string): Record<string, string>[] {
  // One of them holds a single record instead of a list.
  return [JSON.parse(readFileSync(path.join(spectrum, 'json', `${name}.json`), 'utf8'))].flat()
}

const utf16 = (text: string, swap = false) => {
  const encoded = Buffer.from(`\ufeff${text}`, 'utf16le')
  return swap ? encoded.swap16() : encoded
}

export const csvCases: readonly HostileCase[] = [
  ...spectrumCases,
  csv('byte order mark', '\ufeffa,b\n1,x\n2,y\n'),
  csv('byte order mark before a quoted header', '\ufeff"a","b"\n1,x\n'),
  csv('two byte order marks', '\ufeff\ufeffa,b\n1,x\n'),
  csv('carriage returns alone', 'a,b\r1,x\r2,y\r'),
  csv('newlines of three kinds', 'a,b\r\n1,x\n2,y\r3,z\r\n4,w\n'),
  csv('carriage return inside quotes', 'a,b\n1,"x\ry"\n2,z\n'),
  csv('no newline at the end', 'a,b\n1,x\n2,y'),
  csv('cut off in a field', 'a,b\n1,x\n2'),
  csv('cut off in a quote', 'a,b\n1,x\n2,"y'),
  csv('cut off in a quote of several lines', 'a,b\n1,x\n2,"y\n3,z\n'),
  csv('blank lines', 'a,b\n\n\n1,x\n\n2,y\n\n'),
  csv('lines of spaces', 'a,b\n   \n1,x\n'),
  csv('a NUL in a field', bytes('a,b\n1,x\0y\n2,z\n')),
  csv('nothing but NULs', Buffer.alloc(4096)),
  csv('NULs in the header', bytes('a\0,b\n1,x\n')),
  csv(
    'invalid UTF-8 in one record',
    bytes(
      `a,b\n1,x\n2,\xff\xfe\n${'3,é\n4,ü\n5,ö\n6,ä\n7,ß\n8,ñ\n9,å\n10,ø\n11,ç\n12,è\n13,ê\n'.replaceAll(/[\x80-\xff]/g, (c) => Buffer.from(c, 'utf8').toString('latin1'))}`,
    ),
  ),
  csv('overlong UTF-8 of a slash', bytes('a,b\n1,\xc0\xaf\n2,y\n'), { read: { encoding: 'utf-8' } }),
  csv('a surrogate in UTF-8', bytes('a,b\n1,\xed\xa0\x80\n2,y\n'), { read: { encoding: 'utf-8' } }),
  csv('beyond U+10FFFF', bytes('a,b\n1,\xf4\x90\x80\x80\n2,y\n'), { read: { encoding: 'utf-8' } }),
  csv('a character cut in two at the end', bytes('a,b\n1,x\n2,\xe6\xb1'), { read: { encoding: 'utf-8' } }),
  csv('GB18030 of four bytes', bytes('a,b\n1,\x81\x39\xef\x30\n2,\xba\xe2\xcb\xae\n')),
  csv('GB18030 with a comma for a second byte', bytes('a,b\n1,\xba,\n2,\xba\xe2\n'), {
    read: { encoding: 'gb18030' },
  }),
  csv('GB18030 declared as UTF-8', bytes('a,b\n1,\xba\xe2\xcb\xae\n2,x\n'), { read: { encoding: 'utf-8' } }),
  csv('UTF-8 declared as GB18030', Buffer.from('a,b\n1,衡水市\n2,x\n'), { read: { encoding: 'gb18030' } }),
  csv('UTF-16 little endian', utf16('a,b\r\n1,衡水\r\n')),
  csv('UTF-16 big endian', utf16('a,b\r\n1,衡水\r\n', true)),
  csv('UTF-16 with half a pair', utf16('a,b\n1,\ud800\n2,x\n')),
  csv('UTF-16 cut in a character', utf16('a,b\n1,x\n2,y').subarray(0, -1)),
  csv('UTF-16 without a mark', Buffer.from('a,b\n1,x\n', 'utf16le')),
  csv('UTF-32 with its mark', bytes('\xff\xfe\0\0a\0\0\0,\0\0\0b\0\0\0\n\0\0\0')),
  csv('Unicode line and paragraph separators', 'a,b\n1,x\u2028y\n2,x\u2029y\n3,x\u0085y\n4,x\vy\n5,x\fy\n'),
  csv('invisible and turning characters', 'a,b\n1,\u202eabc\u202c\n2,\u200b\u200d\ufeff\n'),
  csv('control characters', bytes('a,b\n1,\x01\x02\x1b[31m\x7f\n2,\x08\x08\n')),
  csv('end-of-file characters', bytes('a,b\n1,x\n\x1a')),
  csv('what COPY takes for its end', 'a,b\n1,x\n\\.\n2,y\n'),
  csv('what COPY takes for its end, in fields', 'a,b\n\\.,\\.\n\\N,\\N\n2,y\n'),
  csv('backslashes before quotes', 'a,b\n1,"x\\"\n2,"y\\\\"\n'),
  csv('records too short and too long', 'a,b\n1\n2,x,y\n3,z\n4,,,,,\n'),
  csv('a stray quote', 'a,b\n1,x"y\n2,z\n'),
  csv('text behind a closing quote', 'a,b\n1,"x"y\n2,z\n'),
  csv('a quote that is never closed, first of many lines', `a,b\n1,"x\n${'2,y\n'.repeat(3)}3,z\n`),
  csv('nothing but quotes', `a,b\n${'"'.repeat(1001)}\n1,x\n`),
  csv('spaces around quotes', 'a,b\n1, "x"\n2,"y" \n'),
  csv('semicolons for commas', 'a;b\n1;x\n'),
  csv('the line by which Excel tells its delimiter', 'sep=,\na,b\n1,x\n'),
  csv('a header twice', 'a,b\n1,x\na,b\n2,y\n'),
  csv('two columns of one name', 'a,a,b\n1,2,x\n'),
  csv('a column without a name', 'a,,b\n1,2,x\n'),
  csv('a header alone', 'a,b\n'),
  csv('nothing', ''),
  csv('white space alone', ' \n\t\n\n'),
  csv('columns in another order, and more', 'c,b,a\n9,x,1\n'),
  csv('a column lost', 'a,c\n1,x\n'),
  csv('100,000 columns', () => `${Array.from({ length: 100_000 }, (_, at) => `c${at}`).join(',')}\n1\n`),
  csv('200,000 fields in one record', () => `a,b\n1,${','.repeat(200_000)}\n2,y\n`),
  csv('a header of two MiB without an end', () => `a,b${'x'.repeat(2 << 20)}`),
  csv('a field of two MiB', () => `a,b\n1,${'x'.repeat(2 << 20)}\n2,y\n`),
  csv('a field of 17 MiB', () => `a,b\n1,${'x'.repeat(17 << 20)}\n2,y\n`),
  csv('a quoted field of 17 MiB', () => `a,b\n1,"${'x'.repeat(17 << 20)}"\n2,y\n`),
  csv('a quoted field of two MiB of lines', () => `a,b\n1,"${'x\n'.repeat(1 << 20)}"\n2,y\n`),
  csv('100,000 quoted newlines', () => `a,b\n1,"${'\n'.repeat(100_000)}"\n2,y\n`),
  csv('the same record a thousand times', `a,b\n${'1,x\n'.repeat(1000)}`),
  csv('one key, a hundred contents', `a,b\n${Array.from({ length: 100 }, (_, at) => `1,${at}\n`).join('')}`),
  csv('keys that are missing', 'a,b\n,x\n"",y\n1,z\n'),
  csv('SQL in fields and names', `a,b\n"'); drop table guiji.run; --",x\n"$$;select 1;$$",y\n`),
  csv('formulas', `a,b\n=cmd|' /C calc'!A0,x\n@SUM(1),y\n`),
  csv('HTML for CSV', '<!doctype html><html><body>请登录</body></html>\n'),
  csv('a picture', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0')),
  csv('a program', bytes(`\x7fELF\x02\x01\x01${'\0'.repeat(9)}\x02\0>\0\x01\n`)),
  csv('gzip', bytes('\x1f\x8b\x08\0\0\0\0\0\0\x03KJ,\xe2\x02\0\0\0')),
]
