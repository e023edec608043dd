import type { RecordedRun } from '../src/store/read-runs.ts'
import { errorWords } from './run-words.ts'
import type { Shell } from './shell.ts'
import { countText, shortInstant } from './terminal/format.ts'

/** What happened to one run beside its numbers, line by line: by whom, lost when, gone on with or begun anew, ended why. */
export function storyOf({ say, language }: Shell, run: RecordedRun, zone: string): string[] {
  const { worker, attempts, resumed, restarted, resumable, error } = run
  const ending = error === null ? undefined : errorWords(error, language)
  const at = (text: string) => shortInstant(new Date(text), zone)
  return [
    ...(worker === null ? [] : [say('runs.worker', { worker })]),
    ...attempts.map((one) =>
      say('runs.lost', { at: at(one.lostAt), worker: one.worker ?? '?', read: countText(one.read) }),
    ),
    ...(resumed ? [say('runs.resumed', { chunks: resumed.chunks, read: countText(resumed.read) })] : []),
    ...(restarted
      ? [
          say('runs.restarted', {
            run: restarted.run,
            why: say(`restart.${restarted.because}`),
          }),
        ]
      : []),
    ...(resumable ? [say('runs.resumable', { read: countText(run.read) })] : []),
    ...(ending === undefined ? [] : [`${ending.code === undefined ? '' : `${ending.code}: `}${ending.fact}`]),
    ...(ending === undefined || ending.hint === '' ? [] : [say('harvest.hint', { hint: ending.hint })]),
  ]
}
