import { expect, test } from 'vitest'
import { catalog, town } from './town.ts'

test('wrong documents end with 2, each mistake with its place, value and next step', async () => {
  await using place = await town()
  await place.write(
    'catalog/mz.yaml',
    catalog.replace('每日', '每天一次').replace('type: decimal', 'type: decimel'),
  )
  const zh = await place.guiji(['apply'], { lang: 'zh' })
  expect(zh.code).toBe(2)
  expect(zh.out).toBe('')
  expect(zh.err.replaceAll(place.directory, '<dir>').split('\n')).toMatchInlineSnapshot(`
    [
      "catalog/mz.yaml:8:17 datasets[0].commitment（承诺）的用词“每天一次”无法识别；可用：实时、每小时、每日、每周、每旬、每半月、每月、每季度、每半年、每年、不定期、按需、一次性、其他",
      "catalog/mz.yaml:13:41 datasets[0].items[3].type（类型）的用词“decimel”无法识别；是否应为“decimal”？可用：text, integer, decimal, boolean, date, time, datetime, instant, uuid, json",
      "错误 DOCUMENT_INVALID：<dir> 中有 2 处问题",
      "提示：逐一修正列出的位置后重新运行",
      "",
    ]
  `)
  const en = await place.guiji(['apply'], { lang: 'en' })
  expect(en.code).toBe(2)
  expect(en.err.replaceAll(place.directory, '<dir>').split('\n')).toMatchInlineSnapshot(`
    [
      "catalog/mz.yaml:8:17 unknown word "每天一次" for datasets[0].commitment (Commitment); write one of: realtime, hourly, daily, weekly, every ten days, twice a month, monthly, quarterly, twice a year, annual, irregular, as needed, once, other",
      "catalog/mz.yaml:13:41 unknown word "decimel" for datasets[0].items[3].type (Type); did you mean "decimal"? write one of: text, integer, decimal, boolean, date, time, datetime, instant, uuid, json",
      "error DOCUMENT_INVALID: 2 problem(s) in <dir>",
      "hint: mend each place listed and run the command again",
      "",
    ]
  `)
  const json = await place.json<{ problems: object[]; error: object }>(['apply'], { code: 2 })
  expect(json.problems).toMatchObject([
    { file: 'catalog/mz.yaml', line: 8, code: 'WORD_UNKNOWN', found: '每天一次' },
    { file: 'catalog/mz.yaml', line: 13, found: 'decimel', nearest: 'decimal' },
  ])
  expect(json.error).toMatchObject({ code: 'DOCUMENT_INVALID' })
})

test('a dry run changes nothing; applied twice, the second time nothing changes', async () => {
  await using place = await town()
  const dry = await place.guiji(['apply', '--dry-run'], { lang: 'zh' })
  expect(dry.code).toBe(0)
  expect(dry.out.split('\n')).toMatchInlineSnapshot(`
    [
      "+ 设置 guiji 小城",
      "+ 部门 mz 市民政局",
      "+ 共享信息 homes 养老机构信息 (新建表)",
      "+ 共享信息 people 低保对象信息 (新建表)",
      "+ 共享信息 secret_cases 未公开案件 (新建表)",
      "+ 源系统 mz_files 民政文件",
      "+ 归集任务 homes",
      "+ 归集任务 people",
      "新增 8 项，变更 0 项，删除 0 项",
      "试运行：未应用",
      "",
    ]
  `)
  const versions = async () => (await place.pool.query('select id from guiji.version')).rows.length
  expect(await versions()).toBe(0)
  expect((await place.guiji(['apply'])).out).toContain('applied as version 1')
  expect((await place.guiji(['apply'])).out).toBe('nothing to change\n')
  expect(await versions()).toBe(1)
})

test('what would lose data is refused without --allow-loss', async () => {
  await using place = await town()
  await place.json(['apply'])
  await place.write('catalog/mz.yaml', catalog.replace('      - { code: title, name: 名称 }\n', ''))
  const refused = await place.guiji(['apply'])
  expect(refused.code).toBe(1)
  expect(refused.err).toContain(
    'error APPLY_LOSES_DATA: 1 change(s) would lose data: removed item homes.title',
  )
  const { rows } = await place.pool.query(
    `select column_name as name from information_schema.columns
     where table_schema = 'mz' and table_name = 'homes' order by 1`,
  )
  expect(rows).toEqual([{ name: 'id' }, { name: 'title' }])
})

test('global options stand before or after the command; a wrong line ends with 2 and says what to do', async () => {
  await using place = await town()
  const before = await place.guiji(['--lang', 'zh', 'status'])
  expect(before.out).toContain('此存储库尚未应用任何清单')
  const after = await place.guiji(['status', '--lang', 'zh'])
  expect(after.out).toBe(before.out)
  for (const [words, text] of [
    [['harvst'], 'error COMMAND_UNKNOWN: unknown command "harvst"\nhint: did you mean "harvest"? '],
    [['harvest', '--foo'], 'error COMMAND_OPTION_UNKNOWN: unknown option --foo\n'],
    [['harvest'], 'error COMMAND_ARGUMENT_MISSING: datasets, --all or --due is missing\n'],
    [['export'], 'error COMMAND_ARGUMENT_MISSING: dataset is missing\n'],
    [['runs', '--limit', 'many'], 'error COMMAND_VALUE: --limit is "many"\n'],
  ] as const) {
    const { code, err } = await place.guiji(words)
    expect(err).toContain(text)
    expect(code).toBe(2)
  }
})
