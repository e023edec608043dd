import type { ErrorEntry } from './table.ts'

/** What may be wrong with announced delays and the periods they name. */
export const promiseErrors = {
  PERIOD_UNKNOWN: {
    recovery: 'abort',
    en: {
      fact: 'dataset {dataset} owes no period "{found}"',
      hint: 'periods planned so far: {known}; one that is further ahead is waived by a document in waivers/',
    },
    zh: {
      fact: '{dataset} 没有应履约的期次“{found}”',
      hint: '目前已排定的期次：{known}；更远的期次请在 waivers/ 的文档中豁免',
    },
  },
  WAIVER_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'there is no waiver {found}', hint: 'see "guiji waive <dataset>"' },
    zh: { fact: '没有豁免 {found}', hint: '请查看 "guiji waive <数据集>"' },
  },
  WAIVER_REVOKED: {
    recovery: 'abort',
    en: { fact: 'waiver {found} has been revoked already', hint: 'nothing is left to do' },
    zh: { fact: '豁免 {found} 早已撤销', hint: '无需再操作' },
  },
  WAIVER_OF_DOCUMENT: {
    recovery: 'abort',
    en: {
      fact: 'waiver {found} is given by a document of the workspace',
      hint: 'take it out of waivers/ and run "guiji apply"',
    },
    zh: { fact: '豁免 {found} 由工作区文档给出', hint: '请从 waivers/ 中删去后运行 "guiji apply"' },
  },
} satisfies Record<string, ErrorEntry>
