import { createHash } from 'node:crypto'
import type { HttpAnswer } from '../../src/http/client.ts'

/** How a resource of one page is recognised the next time. */
export interface Mark {
  /** Digest of what was asked for: another question is never "unchanged". */
  readonly asked: string
  readonly etag?: string
  readonly lastModified?: string
  /** Of the body. */
  readonly sha256: string
}

/** Request headers that let the server answer 304. */
export function conditions(previous: Mark | undefined): Readonly<Record<string, string>> {
  if (previous?.etag !== undefined) return { 'if-none-match': previous.etag }
  return previous?.lastModified === undefined ? {} : { 'if-modified-since': previous.lastModified }
}

/** The mark of an answer; that of a 304 is the previous one. */
export function markOf(answer: HttpAnswer, asked: string, previous: Mark | undefined): Mark {
  if (answer.status === 304 && previous) return previous
  const etag = answer.header('etag')
  const lastModified = answer.header('last-modified')
  return {
    asked,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    sha256: createHash('sha256').update(answer.body).digest('hex'),
  }
}

/** How it was found that the resource is the same; undefined where it is not. */
export function foundSame(answer: HttpAnswer, previous: Mark | undefined, mark: Mark | undefined) {
  if (!previous) return undefined
  if (answer.status === 304) return previous.etag === undefined ? 'last-modified' : 'etag'
  return mark?.sha256 === previous.sha256 ? 'sha256' : undefined
}

export function writeMark(mark: Mark): string {
  return JSON.stringify(mark)
}

/** Reads a token back; undefined where there is none, it is of another kind, or it answers another question. */
export function readMark(token: string | undefined, asked: string): Mark | undefined {
  if (!token?.startsWith('{')) return undefined
  const value: unknown = JSON.parse(token)
  return isMark(value) && value.asked === asked ? value : undefined
}

function isMark(value: unknown): value is Mark {
  return typeof value === 'object' && value !== null && 'asked' in value && 'sha256' in value
}
