import { Option } from 'commander'
import type { DatasetDocument, Workspace } from '../../catalog-schema/documents/documents.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { nearestWord } from '../../src/workspace/nearest-word.ts'
import { type CommandMaker, countOption, newCommand, onCall, word } from '../command.ts'
import { openSource } from '../open-source.ts'
import { type Previewed, previewRecords } from '../preview-records.ts'
import { rawText } from '../raw-text.ts'
import { placeWords, reasonWord } from '../reject-words.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { formatTable } from '../terminal/table.ts'
import { validWorkspace } from '../valid-workspace.ts'

interface PreviewOptions extends GlobalOptions {
  readonly rows?: string
}

export const previewCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'preview', {
    about: 'help.preview',
    example: 'guiji preview hukou --rows 20',
  })
    .argument('<dataset>', shell.say('argument.dataset'))
    .addOption(new Option('--rows <n>', shell.say('option.rows')))
  return onCall<PreviewOptions>(command, done, (options, words) => preview(shell, options, word(words, 0)))
}

/** From the documents as they are written now: what is not applied yet can be tried. */
async function preview(shell: Shell, options: PreviewOptions, code: string): Promise<ExitCode> {
  const limit = countOption('--rows', options.rows ?? '10')
  const { workspace } = await validWorkspace(options)
  const { dataset, harvest, source } = chosen(workspace, code)
  await using session = await openSession(shell, { ...options, workspace: workspace.directory })
  const { signal, secrets } = shell
  await using opened = await openSource(source, {
    directory: workspace.directory,
    outbound: workspace.settings.outbound,
    secrets,
    signal,
  })
  const client = await session.pool.connect()
  try {
    const previewed = await previewRecords(client, opened, { dataset, harvest, limit, signal })
    if (options.json === true) shell.out.json(previewJson(dataset, previewed))
    else show(shell, dataset, previewed)
  } finally {
    client.release()
  }
  return 0
}

function chosen(workspace: Workspace, code: string) {
  const dataset = workspace.datasets.find((one) => one.code === code)
  if (dataset === undefined) {
    const codes = workspace.datasets.map((one) => one.code)
    throw new GuijiError('DATASET_UNKNOWN', { dataset: code, nearest: nearestWord(code, codes) ?? '—' })
  }
  const harvest = workspace.harvests.find((one) => one.dataset === code)
  const source = workspace.sources.find((one) => one.code === harvest?.source)
  if (harvest === undefined || source === undefined)
    throw new GuijiError('HARVEST_MISSING', { dataset: code })
  return { dataset, harvest, source }
}

function previewJson(
  { code }: DatasetDocument,
  { columns, rows, rejections, read, more }: Previewed,
): object {
  return {
    dataset: code,
    read,
    more,
    rows: rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null]))),
    rejects: rejections.map(({ issue, place, raw }) => ({ ...issue, place, raw: rawText(raw) })),
  }
}

function show({ out, say }: Shell, { code }: DatasetDocument, previewed: Previewed): void {
  const { columns, rows, rejections, read, more } = previewed
  if (rows.length > 0)
    out.lines(
      formatTable(
        columns.map((title) => ({ title, max: 30 })),
        rows,
      ),
    )
  if (rejections.length > 0) {
    const titles = [
      'rejects.place',
      'rejects.reason',
      'rejects.item',
      'rejects.message',
      'rejects.raw',
    ] as const
    out.line('')
    out.lines(
      formatTable(
        titles.map((key) => ({ title: say(key), max: 60 })),
        rejections.map(({ issue, place, raw }) => [
          placeWords(place, say),
          reasonWord(issue.reason, say),
          issue.column ?? '',
          issue.message,
          rawText(raw),
        ]),
      ),
    )
  }
  out.line('')
  out.line(say('preview.title', { dataset: code, read, fit: rows.length, rejected: rejections.length }))
  if (more) out.line(say('preview.more'))
}
