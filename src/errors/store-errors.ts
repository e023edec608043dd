import type { ErrorEntry } from './table.ts'

/** Errors of the central store and of the server that holds it. */
export const storeErrors = {
  STORE_TOO_OLD: {
    recovery: 'abort',
    en: {
      fact: 'the store runs PostgreSQL {found}, guiji needs {needed} or newer',
      hint: 'upgrade the server, or leave out store.url to use the embedded one',
    },
    zh: {
      fact: '存储库为 PostgreSQL {found}，guiji 需要 {needed} 或更高版本',
      hint: '请升级服务器，或去掉 store.url 以使用内置数据库',
    },
  },
} satisfies Record<string, ErrorEntry>
