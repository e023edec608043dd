import { relative } from 'node:path'
import { datasets } from '../list/the-list.ts'
import type { Difference } from './compare-runs.ts'

const headings = {
  sources: (about: { scale: number; day: number }) =>
    `启动各部门源系统 · the departments' systems (scale ${about.scale.toLocaleString('en')}, day ${about.day}; 合成数据 synthetic)`,
  store: (about: { workspace: string }) =>
    `打开存储库 · the store, in ${relative('', about.workspace)}/.guiji`,
  apply: (_: object) => '应用责任清单 · guiji apply',
  harvest: (_: object) => `归集全部 ${datasets.length} 项共享信息 · guiji harvest --all`,
  board: (_: object) => '看板 · guiji status',
} as const

export function heading<Name extends keyof typeof headings>(
  name: Name,
  about: Parameters<(typeof headings)[Name]>[0],
): void {
  const text = headings[name] as (about: Parameters<(typeof headings)[Name]>[0]) => string
  console.log(`\n=== ${text(about)}`)
}

/** What was found against what was made, and what to try next. */
export function howToGoOn(about: {
  readonly workspace: string
  readonly day: number
  readonly differing: readonly Difference[]
}): void {
  const place = relative('', about.workspace)
  const { differing } = about
  console.log(
    differing.length === 0
      ? `\n✓ ${datasets.length}/${datasets.length} 项：发现的变化与生成器所做的一致 · the changes found are the changes made`
      : `\n✗ ${differing.length} 处不一致 · differences:\n${differing.map(describe).join('\n')}`,
  )
  console.log(`
继续 · go on (add  --workspace ${place}  to each, or set up a shell there):
  npx guiji query 'select * from civil_affairs.division_village limit 5'   查询 · as an analyst would, read only
  npx guiji store up                            保持存储库运行，供 psql / DBeaver 连接 · keep the store open for psql
  npx guiji rejects                             拒收记录及原因 · what did not fit, and why
  npx guiji ledger                              台账 · the account of every chunk
  npm run demo                                  再次运行：无变化，不写任何行 · again: nothing changed, no row written
  npm run demo -- --day ${about.day + 1}                      下一天 · the next day: about 1 % changed`)
}

function describe({ dataset, what, found, expected }: Difference): string {
  return `  ${dataset}: ${what} ${found}, expected ${expected}`
}
