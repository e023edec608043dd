/** Why an owed occurrence is not kept. The codes are those of `Cause` in `src/errors/table.ts`. */
export const causes = {
  'not-published': { zh: '部门未发布新数据', en: 'the department has not published' },
  'source-unreachable:dns': { zh: '源系统不可达：域名无法解析', en: 'source unreachable: name not resolved' },
  'source-unreachable:tls': { zh: '源系统不可达：安全连接失败', en: 'source unreachable: TLS failed' },
  'source-unreachable:refused': {
    zh: '源系统不可达：连接或请求被拒绝',
    en: 'source unreachable: connection or request refused',
  },
  'source-unreachable:timeout': { zh: '源系统不可达：超时', en: 'source unreachable: timed out' },
  'source-unreachable:blocked': { zh: '源系统不可达：访问被拦截', en: 'source unreachable: access blocked' },
  'source-unreachable:credential': {
    zh: '源系统不可达：凭据失效',
    en: 'source unreachable: credential not accepted',
  },
  'source-wrong:schema': {
    zh: '源系统应答有误：结构已变化',
    en: 'source answered wrongly: structure changed',
  },
  'source-wrong:truncated': { zh: '源系统应答有误：数据不完整', en: 'source answered wrongly: truncated' },
  'source-wrong:empty': { zh: '源系统应答有误：内容为空', en: 'source answered wrongly: empty' },
  'source-wrong:content': {
    zh: '源系统应答有误：内容不符',
    en: 'source answered wrongly: unexpected content',
  },
  'held-by-checks': { zh: '被校验拦下', en: 'held by checks' },
  'awaiting-approval': { zh: '等待人工批准', en: 'waiting for approval' },
  'platform-did-not-run': { zh: '平台未按时运行', en: 'the platform did not run in time' },
  'platform-failed': { zh: '平台故障', en: 'the platform failed' },
  waived: { zh: '已豁免', en: 'waived' },
  'calendar-unknown': { zh: '工作日历未公布', en: 'working-day calendar not known' },
} as const

export type CauseCode = keyof typeof causes
