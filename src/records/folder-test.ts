import type { TestStep, Text } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { filesWithEnding, type SourceFile, type SourceFolder } from './source-files.ts'

/** The steps by which a file source shows that it can be read: its folder opens, and there are files in it. */
export async function* testFolder(options: {
  readonly open: () => Promise<SourceFolder>
  readonly endings: readonly string[]
  readonly clock: () => number
}): AsyncIterable<TestStep> {
  const { open, endings, clock } = options
  const opened = await step({ en: 'open the folder', zh: '打开目录' }, clock, async () => {
    const folder = await open()
    return { value: folder, detail: folder.root }
  })
  yield opened.step
  if (opened.value === undefined) return
  const folder = opened.value
  const found = await step({ en: 'find files', zh: '查找文件' }, clock, async () => {
    const files = await filesWithEnding(folder, endings)
    if (files.length > 0) return { value: files, detail: summary(files) }
    const wanted = `**/*{${endings.join(',')}}`
    throw new GuijiError('FILE_MISSING', { ...folder, pattern: wanted, nearest: '—' })
  })
  yield found.step
}

function summary(files: readonly SourceFile[]): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  return `${files.length} file(s), ${bytes} bytes`
}

/** Does one step and says how it went; its value is absent when it failed. */
async function step<Value>(
  name: Text,
  clock: () => number,
  work: () => Promise<{ value: Value; detail: string }>,
): Promise<{ step: TestStep; value?: Value }> {
  const begun = clock()
  try {
    const { value, detail } = await work()
    return { step: { name, ok: true, detail, milliseconds: clock() - begun }, value }
  } catch (error) {
    if (!(error instanceof GuijiError)) throw error
    const cause = error.blame === undefined ? {} : { cause: error.blame }
    const failed = { name, ok: false, detail: error.message, milliseconds: clock() - begun, error, ...cause }
    return { step: failed }
  }
}
