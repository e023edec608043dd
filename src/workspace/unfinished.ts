import type { Problem } from './problem.ts'
import { createProblem, excerpt } from './problem.ts'
import type { WorkspaceFile } from './read-files.ts'

/** What `guiji init` writes beside a value that the published list did not hold. */
export const unfinishedMark = '待补'

const markedComment = new RegExp(`(?<=^|\\s)# *${unfinishedMark}`)

/** Every comment that begins with the mark: what is left to fill in. JSON has no comments, so nothing is found there. */
export function findUnfinished(files: readonly Pick<WorkspaceFile, 'file' | 'text'>[]): Problem[] {
  return files
    .filter(({ file }) => !file.endsWith('.json'))
    .flatMap(({ file, text }) =>
      text.split('\n').flatMap((line, index) => {
        const mark = line.search(markedComment)
        if (mark < 0) return []
        const said = line.slice(mark).replace(/^# *待补[：: ]*/, '')
        const found = excerpt(said === '' ? line.slice(0, mark) : said)
        return [createProblem({ file, line: index + 1, column: mark + 1 }, 'DOCUMENT_UNFINISHED', { found })]
      }),
    )
}
