import type { ErrorEntry } from './table.ts'

/** Errors of runs that were ended, or had to be. */
export const lifecycleErrors = {
  RUN_CANCELLED: {
    recovery: 'abort',
    en: {
      fact: 'run {run} of {dataset} was cancelled by {by} at {at}',
      hint: 'nothing was published; harvest {dataset} again when it is wanted',
    },
    zh: {
      fact: '{dataset} 的运行 {run} 已由 {by} 于 {at} 取消',
      hint: '未发布任何内容；需要时请重新归集 {dataset}',
    },
  },
  RUN_ENDED: {
    recovery: 'abort',
    en: {
      fact: 'run {run} of {dataset} has ended as {state}: there is nothing to cancel',
      hint: '"guiji runs {run}" shows it; "guiji runs" lists those under way',
    },
    zh: {
      fact: '{dataset} 的运行 {run} 已结束（{state}），无可取消',
      hint: '用 "guiji runs {run}" 查看；"guiji runs" 列出进行中的运行',
    },
  },
  RUN_STALLED: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'run {run} of {dataset} made no progress in the store for {patience}',
      hint: 'see what holds it in the store (pg_stat_activity, locks); harvest {dataset} again',
    },
    zh: {
      fact: '{dataset} 的运行 {run} 在存储库中已有 {patience} 没有进展',
      hint: '请查看存储库中阻塞它的会话与锁（pg_stat_activity）；然后重新归集 {dataset}',
    },
  },
  SOURCE_SILENT: {
    recovery: 'retry',
    cause: 'source-unreachable:timeout',
    en: {
      fact: 'source {source} gave nothing of {dataset} for {patience}',
      hint: 'ask the department whether it hangs; where it needs longer, raise "patience" in the harvest document',
    },
    zh: {
      fact: '源系统 {source} 已有 {patience} 未给出 {dataset} 的任何内容',
      hint: '请向该部门确认系统是否停滞；如确需更久，请调大归集文档中的 "patience"',
    },
  },
} satisfies Record<string, ErrorEntry>
