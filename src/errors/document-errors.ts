import type { ErrorEntry } from './table.ts'

/** Errors in what an administrator wrote: workspace documents, published lists, command-line words. */
export const documentErrors = {
  DOCUMENT_INVALID: {
    recovery: 'abort',
    en: {
      fact: '{count} problem(s) in the workspace {path}',
      hint: 'mend each place listed and run the command again',
    },
    zh: { fact: '工作区 {path} 中有 {count} 处问题', hint: '逐一修正列出的位置后重新运行' },
  },
} satisfies Record<string, ErrorEntry>
