import { httpErrors } from './http-errors.ts'
import type { ErrorEntry } from './table.ts'

/** Errors of a department's source system, and of what it answered. */
export const sourceErrors = {
  ...httpErrors,
  SOURCE_REFUSED: {
    recovery: 'retry',
    cause: 'source-unreachable:refused',
    en: {
      fact: 'source {source} refused the connection at {address}',
      hint: 'check that the system is running and that {address} is open from this machine',
    },
    zh: {
      fact: '源系统 {source} 在 {address} 拒绝连接',
      hint: '请确认该系统已启动，且本机可以访问 {address}',
    },
  },
  SOURCE_NAME_UNKNOWN: {
    recovery: 'retry',
    cause: 'source-unreachable:dns',
    en: {
      fact: 'the host name {host} of source {source} cannot be resolved',
      hint: 'check the spelling of the address and the DNS servers of this machine',
    },
    zh: {
      fact: '源系统 {source} 的主机名 {host} 无法解析',
      hint: '请检查地址拼写以及本机的 DNS 设置',
    },
  },
  SOURCE_TLS: {
    recovery: 'retry',
    cause: 'source-unreachable:tls',
    en: {
      fact: 'no secure connection to source {source} at {address}: {detail}',
      hint: 'renew the certificate of the system, or install its certificate authority on this machine (NODE_EXTRA_CA_CERTS)',
    },
    zh: {
      fact: '无法与源系统 {source}（{address}）建立安全连接：{detail}',
      hint: '请更新该系统的证书，或在本机安装其根证书（NODE_EXTRA_CA_CERTS）',
    },
  },
  SOURCE_TIMEOUT: {
    recovery: 'retry',
    cause: 'source-unreachable:timeout',
    en: {
      fact: 'source {source} at {address} did not answer: {what} took longer than {seconds} s',
      hint: 'ask the department whether the system is overloaded or a firewall drops the connection, then run again',
    },
    zh: {
      fact: '源系统 {source}（{address}）未响应：{what} 超过 {seconds} 秒',
      hint: '请向部门确认系统是否过载或防火墙是否拦截，然后重新运行',
    },
  },
  SOURCE_CREDENTIAL: {
    recovery: 'abort',
    cause: 'source-unreachable:credential',
    en: {
      fact: 'source {source} at {address} does not accept the credential: {detail}',
      hint: 'check the user and the secret reference of the source; ask the department{contact} whether the password or token has expired',
    },
    zh: {
      fact: '源系统 {source}（{address}）不接受凭据：{detail}',
      hint: '请检查源系统的用户与密钥引用，并向部门{contact}确认密码或令牌是否过期',
    },
  },
  SOURCE_BLOCKED: {
    recovery: 'abort',
    cause: 'source-unreachable:blocked',
    en: {
      fact: 'source {source} at {address} blocks this machine: {detail}',
      hint: 'ask the department{contact} to let the address of this machine and the user agent "{agent}" through its firewall',
    },
    zh: {
      fact: '源系统 {source}（{address}）拦截了本机：{detail}',
      hint: '请让部门{contact}在防火墙放行本机地址以及 User-Agent“{agent}”',
    },
  },
  SOURCE_FORBIDDEN: {
    recovery: 'abort',
    cause: 'source-unreachable:credential',
    en: {
      fact: 'source {source} does not let its user read {object}: {detail}',
      hint: 'ask the department{contact} to grant the read permission on {object}',
    },
    zh: {
      fact: '源系统 {source} 未授权读取 {object}：{detail}',
      hint: '请让部门{contact}授予 {object} 的读取权限',
    },
  },
  SOURCE_BUSY: {
    recovery: 'retry',
    cause: 'source-unreachable:refused',
    en: {
      fact: 'source {source} at {address} is too busy: {detail}',
      hint: 'lower politeness.connections or politeness.requestsPerSecond of the source, or read it at quieter hours',
    },
    zh: {
      fact: '源系统 {source}（{address}）过于繁忙：{detail}',
      hint: '请调低该源的 politeness.connections 或 politeness.requestsPerSecond，或改在空闲时段读取',
    },
  },
  SOURCE_LEFT_ALONE: {
    recovery: 'retry',
    cause: 'source-unreachable:refused',
    en: {
      fact: 'source {source} is left alone for another {seconds} s after {failures} failures in a row, the last {code}',
      hint: 'run "guiji source test {source}" to see what is wrong; the next run after that time tries again',
    },
    zh: {
      fact: '源系统 {source} 连续失败 {failures} 次（最近一次 {code}），{seconds} 秒内暂不访问',
      hint: '运行“guiji source test {source}”可查看原因；过后的下一次运行会再次尝试',
    },
  },
  SOURCE_DATABASE_UNKNOWN: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'source {source} at {address} has no database "{database}"',
      hint: 'correct the database name in the source document',
    },
    zh: {
      fact: '源系统 {source}（{address}）没有数据库“{database}”',
      hint: '请修正源文档中的数据库名',
    },
  },
  SOURCE_TABLE_UNKNOWN: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'source {source} has no table "{table}" that its user can see; nearest: {nearest}',
      hint: 'correct read.table of the harvest, or ask the department whether the table was renamed',
    },
    zh: {
      fact: '源系统 {source} 中看不到表“{table}”；最接近的是：{nearest}',
      hint: '请修正归集任务的 read.table，或向部门确认该表是否改名',
    },
  },
  SOURCE_FIELD_UNKNOWN: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: '{object} of source {source} has no field "{field}"; nearest: {nearest}',
      hint: 'correct the field name in the harvest, or ask the department whether the column was renamed',
    },
    zh: {
      fact: '源系统 {source} 的 {object} 没有字段“{field}”；最接近的是：{nearest}',
      hint: '请修正归集任务中的字段名，或向部门确认该列是否改名',
    },
  },
  SOURCE_QUERY_FAILED: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'source {source} could not read {object}: {detail}',
      hint: 'run the same query in the source with its own tools; correct read.query or the since value of the harvest',
    },
    zh: {
      fact: '源系统 {source} 无法读取 {object}：{detail}',
      hint: '请用源系统自带工具执行同一查询，并修正归集任务的 read.query 或增量起点',
    },
  },
  SOURCE_CLOSED: {
    recovery: 'retry',
    cause: 'source-wrong:truncated',
    en: {
      fact: 'source {source} at {address} closed the connection while {object} was being read: {detail}',
      hint: 'run again; if it happens again, ask the department whether the system restarts or limits long connections',
    },
    zh: {
      fact: '源系统 {source}（{address}）在读取 {object} 时断开连接：{detail}',
      hint: '请重新运行；若再次发生，请向部门确认系统是否重启或限制长连接',
    },
  },
  SOURCE_CONFIG_INVALID: {
    recovery: 'abort',
    en: {
      fact: 'the configuration of source {source} cannot be used: {property} {detail}',
      hint: 'correct {property} in the source document',
    },
    zh: {
      fact: '源系统 {source} 的配置不可用：{property} {detail}',
      hint: '请修正源文档中的 {property}',
    },
  },
} satisfies Record<string, ErrorEntry>
