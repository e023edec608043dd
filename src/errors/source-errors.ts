import type { ErrorEntry } from './table.ts'

/** Errors of a department's source system, and of what it answered. */
export const sourceErrors = {
  SOURCE_REFUSED: {
    recovery: 'retry',
    cause: 'source-unreachable:refused',
    en: {
      fact: 'source {source} refused the connection at {address}',
      hint: 'check that the system is running and that {address} is open from this machine',
    },
    zh: {
      fact: '源系统 {source} 在 {address} 拒绝连接',
      hint: '请确认该系统已启动，且本机可以访问 {address}',
    },
  },
} satisfies Record<string, ErrorEntry>
