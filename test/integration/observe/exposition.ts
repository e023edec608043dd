export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Digits as they stand. */
  readonly value: string
}

const nameForm = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const valueForm = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

/**
 * Reads a page in the Prometheus text format 0.0.4 as strictly as its specification is written: HELP and TYPE once
 * and before the samples of a family, known types, no sample twice, a line feed at the end. Throws for anything else.
 */
export function readExposition(page: string): Sample[] {
  if (!page.endsWith('\n')) throw new Error('the last line does not end')
  const types = new Map<string, string>()
  const seen = new Set<string>()
  const samples: Sample[] = []
  let family = ''
  for (const line of page.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment
      if (kind === 'HELP') family = name
      else if (types.has(name) || name !== family || !['gauge', 'counter'].includes(rest))
        throw new Error(line)
      else types.set(name, rest)
      continue
    }
    const sample = readSample(line)
    if (sample.name !== family || !types.has(family)) throw new Error(`${line}: no type before it`)
    const identity = line.slice(0, line.lastIndexOf(' '))
    if (seen.has(identity)) throw new Error(`${line}: twice`)
    seen.add(identity)
    samples.push(sample)
  }
  return samples
}

function readSample(line: string): Sample {
  const [, name = '', , inside = '', value = ''] = /^([^{ ]+)(\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (!nameForm.test(name) || !valueForm.test(value)) throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  let left = inside
  while (left !== '') {
    const [all, label = '', text = ''] =
      /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/.exec(left) ?? []
    if (all === undefined) throw new Error(`no labels: ${line}`)
    labels[label] = text.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
    left = left.slice(all.length)
  }
  return { name, labels, value }
}
