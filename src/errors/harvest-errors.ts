import type { ErrorEntry } from './table.ts'

/** Errors of a run: plan, read, load, settle, publish. */
export const harvestErrors = {
  RUN_UNBALANCED: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the accounts of {dataset} do not balance: {equation}',
      hint: 'nothing was published; run "guiji verify {dataset}" and report this with the run id {run}',
    },
    zh: {
      fact: '{dataset} 的账目不平：{equation}',
      hint: '本次未发布；请运行 "guiji verify {dataset}"，并附运行号 {run} 反馈',
    },
  },
} satisfies Record<string, ErrorEntry>
