import type { Text } from '../../src/connector.ts'

/** What is said of runs that were lost, gone on with, begun anew or cancelled. */
export const lifecycleMessages = {
  'help.cancel': {
    en: 'end a run that is queued, under way or waiting; nothing of it is published',
    zh: '取消排队、进行中或等待中的运行；不发布其任何内容',
  },
  'argument.runs': { en: 'code of a dataset, or number of a run', zh: '共享信息代码，或运行号' },
  'option.reap': {
    en: 'first declare lost the runs on which nobody works any more',
    zh: '先将已无人处理的运行标记为中断',
  },
  'cancel.done': {
    en: 'run {run} of {dataset} is cancelled: {held} rows held as before',
    zh: '{dataset} 的运行 {run} 已取消：仍为 {held} 行',
  },
  'runs.reaped': {
    en: 'run {run} is declared lost; {kept} records of it are kept to go on with',
    zh: '运行 {run} 已标记为中断；保留其 {kept} 条记录以便续传',
  },
  'runs.worker': { en: 'worked on by {worker}', zh: '由 {worker} 处理' },
  'runs.lost': {
    en: 'lost {at} ({worker}) with {read} records committed',
    zh: '{at} 中断（{worker}），已提交 {read} 条',
  },
  'runs.resumed': {
    en: 'resumed behind chunk {chunks}: {read} records were committed before and are the same in the source',
    zh: '自第 {chunks} 块之后续传：此前已提交 {read} 条，与源数据逐条一致',
  },
  'runs.restarted': {
    en: 'began anew in the place of lost run {run}: {why}',
    zh: '代替中断的运行 {run} 重新开始：{why}',
  },
  'runs.resumable': {
    en: 'the next harvest goes on behind {read} records if the source still gives the same',
    zh: '若源数据未变，下次归集将自 {read} 条之后续传',
  },
  'restart.nothing-kept': { en: 'it had committed nothing', zh: '其尚未提交任何内容' },
  'restart.basis-changed': {
    en: 'list, mapping, harvest or the rows held have changed since',
    zh: '此后清单、映射、归集任务或现有行已有变化',
  },
  'restart.source-changed': {
    en: 'the source gives other records than those it had loaded',
    zh: '源系统给出的记录与其已装载的不同',
  },
  'restart.lost-too-often': { en: 'it was lost too often', zh: '其中断次数过多' },
} as const satisfies Record<string, Text>
