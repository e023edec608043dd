import { expect, test } from 'vitest'
import { formatPlace, formatProblem } from '../../../src/workspace/problem.ts'
import badInput from '../../fixtures/workspace/bad-input.json' with { type: 'json' }
import type { Edit } from './written-workspace.ts'
import { problemsAfter } from './written-workspace.ts'

/** Each case: what is changed in the small workspace, and every message that then appears, in both languages. */
test.each(badInput)('$name', async ({ edits, en, zh }) => {
  const problems = await problemsAfter(edits as unknown as Edit[])
  expect(problems.map((problem) => formatProblem(problem, 'en'))).toEqual(en)
  expect(problems.map((problem) => formatProblem(problem, 'zh'))).toEqual(zh)
})

test('all problems of all files are told at once, in order of place', async () => {
  const edits: Edit[] = [
    ['harvests/minzheng.yaml', 'inspection', 'inspektion'],
    ['catalog/gongan.yaml', 'commitment: 每日', 'commitment: 每曰'],
    ['sources/files.yaml', 'kind: csv', 'kind: cvs'],
    ['catalog/gongan.yaml', 'format: api', 'format: ipa'],
  ]
  const places = (await problemsAfter(edits)).map(formatPlace)
  expect(places).toEqual([
    'catalog/gongan.yaml:22:17',
    'catalog/gongan.yaml:49:13',
    'harvests/minzheng.yaml:2:14',
    'sources/files.yaml:5:11',
  ])
})

test('a fault in a dataset does not make its harvest look wrong', async () => {
  const edits: Edit[] = [['catalog/gongan.yaml', '    commitment: 每日\n', '']]
  expect(await problemsAfter(edits)).toHaveLength(1)
})

test('no message repeats a secret', async () => {
  const secret = 'hunter2'
  const edits: Edit[][] = [
    [['sources/gongan-db.yaml', 'env:GONGAN_PASSWORD', secret]],
    [['sources/gongan-db.yaml', 'password: env:GONGAN_PASSWORD', `password: [${secret}]`]],
    [['sources/gongan-db.yaml', 'password: env:GONGAN_PASSWORD', `password: {a: ${secret}}`]],
    [['sources/gongan-db.yaml', 'password: env:GONGAN_PASSWORD', `password: "${secret}`]],
    [['sources/gongan-db.yaml', 'password: env:GONGAN_PASSWORD', `password: ${secret}: x`]],
    [['guiji.yaml', 'name:', `store: {url: "postgres://u:${secret}@h/db"}\nname:`]],
    [['guiji.yaml', 'name:', `store: {url: "mysql://u:${secret}@h/db"}\nname:`]],
    [['guiji.yaml', 'name:', `store: {url: "postgres://h/db?password=${secret}"}\nname:`]],
  ]
  for (const edit of edits) {
    const problems = await problemsAfter(edit)
    const said = problems.flatMap((one) => [one.found, formatProblem(one, 'en'), formatProblem(one, 'zh')])
    expect(said.length).toBeGreaterThan(0)
    expect(said.join('\n')).not.toContain(secret)
  }
})
