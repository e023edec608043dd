import type { ErrorEntry } from './table.ts'

/** Errors of what an HTTP interface answered. */
export const httpErrors = {
  SOURCE_ADDRESS_REFUSED: {
    recovery: 'abort',
    en: {
      fact: 'source {source} lies at {ip} ({host}), where guiji may not ask',
      hint: 'if this is the system of the department, add the address or its range to outbound.allow in guiji.yaml',
    },
    zh: {
      fact: '源系统 {source} 位于 {ip}（{host}），不在 guiji 允许访问的范围内',
      hint: '若确为该部门的系统，请将该地址或网段加入 guiji.yaml 的 outbound.allow',
    },
  },
  SOURCE_NOT_HTTP: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'what source {source} answers at {url} is not valid HTTP: {detail}',
      hint: 'check address and port of config.baseUrl; if they are right, ask the department about the proxy in front of its system',
    },
    zh: {
      fact: '源系统 {source} 在 {url} 的返回不是合法的 HTTP：{detail}',
      hint: '请检查 config.baseUrl 的地址与端口；若无误，请向部门确认其前置代理',
    },
  },
  SOURCE_HEADERS_TOO_LARGE: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'the headers of the answer of source {source} at {url} are larger than 32 KiB',
      hint: 'ask the department what its system or the proxy in front of it puts into the headers',
    },
    zh: {
      fact: '源系统 {source} 在 {url} 的响应头超过 32 KiB',
      hint: '请向部门确认其系统或前置代理在响应头中写入了什么',
    },
  },
  SOURCE_FAILING: {
    recovery: 'retry',
    cause: 'source-unreachable:refused',
    en: {
      fact: 'source {source} answered {status} at {url}, {attempts} time(s)',
      hint: 'ask the department to look into the log of its system for this request',
    },
    zh: {
      fact: '源系统 {source} 在 {url} 返回 {status}，共 {attempts} 次',
      hint: '请让部门查看其系统中该请求的日志',
    },
  },
  SOURCE_NOT_FOUND: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'source {source} has nothing at {url} (404)',
      hint: 'check read.path of the harvest and config.baseUrl of the source; the department may have moved the resource',
    },
    zh: {
      fact: '源系统 {source} 的 {url} 不存在（404）',
      hint: '请检查归集任务的 read.path 与源的 config.baseUrl；资源可能已被部门迁移',
    },
  },
  SOURCE_STATUS: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'source {source} answered {status} at {url}: {detail}',
      hint: 'compare read.path and read.query of the harvest with the documentation of the interface',
    },
    zh: {
      fact: '源系统 {source} 在 {url} 返回 {status}：{detail}',
      hint: '请将归集任务的 read.path、read.query 与接口文档核对',
    },
  },
  SOURCE_REDIRECTED: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'source {source} redirects {url} to another host, {target}',
      hint: 'if the system has moved, set config.baseUrl to the new address; credentials are never sent to another host',
    },
    zh: {
      fact: '源系统 {source} 将 {url} 重定向到另一主机 {target}',
      hint: '若系统已迁移，请把 config.baseUrl 改为新地址；凭据不会发送到其他主机',
    },
  },
  SOURCE_REDIRECT_LOOP: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'source {source} redirects {url} more than {count} times',
      hint: 'open the address in a browser and set config.baseUrl or read.path to where it ends',
    },
    zh: {
      fact: '源系统 {source} 的 {url} 重定向超过 {count} 次',
      hint: '请在浏览器中打开该地址，并把 config.baseUrl 或 read.path 改为最终地址',
    },
  },
  SOURCE_NOT_JSON: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'source {source} answered {found} instead of JSON at {url}: {detail}',
      hint: 'open the address in a browser: it is often a login page, a firewall page or a maintenance notice',
    },
    zh: {
      fact: '源系统 {source} 在 {url} 返回的不是 JSON 而是 {found}：{detail}',
      hint: '请在浏览器中打开该地址：常见为登录页、防火墙拦截页或维护公告',
    },
  },
  SOURCE_TRUNCATED: {
    recovery: 'retry',
    cause: 'source-wrong:truncated',
    en: {
      fact: 'the answer of source {source} at {place} was cut off: {detail}',
      hint: 'run again; if it happens at the same place, ask the department about proxies and time limits in front of the system',
    },
    zh: {
      fact: '源系统 {source} 在 {place} 的返回内容被截断：{detail}',
      hint: '请重新运行；若总在同一处中断，请向部门确认其前置代理与超时限制',
    },
  },
  SOURCE_TOO_LARGE: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'the answer of source {source} at {url} is larger than {limit} bytes',
      hint: 'ask for smaller pages with read.paging.size, or raise config.maxPageMebibytes of the source',
    },
    zh: {
      fact: '源系统 {source} 在 {url} 的返回超过 {limit} 字节',
      hint: '请用 read.paging.size 调小每页条数，或调大源的 config.maxPageMebibytes',
    },
  },
  SOURCE_PAGE_REPEATED: {
    recovery: 'abort',
    cause: 'source-wrong:content',
    en: {
      fact: 'source {source} repeats itself: page {page} of {url} {detail}',
      hint: 'the system ignores the paging parameter, or gives its last page for every later number: compare read.paging with the documentation of the interface and set read.paging.totalPath',
    },
    zh: {
      fact: '源系统 {source} 分页重复：{url} 第 {page} 页 {detail}',
      hint: '该系统忽略了分页参数，或页码超出后总是返回最后一页；请将 read.paging 与接口文档核对，并设置 read.paging.totalPath',
    },
  },
  SOURCE_RECORDS_MISSING: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'page {page} of {url} of source {source} has no list of records at "{path}": {detail}',
      hint: 'correct read.records of the harvest; "guiji source discover {source}" shows what the system answers',
    },
    zh: {
      fact: '源系统 {source} 的 {url} 第 {page} 页在“{path}”处没有记录列表：{detail}',
      hint: '请修正归集任务的 read.records；“guiji source discover {source}”可查看返回内容',
    },
  },
  SOURCE_PAGING_BROKEN: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'page {page} of {url} of source {source} cannot be followed: {detail}',
      hint: 'compare read.paging of the harvest with the documentation of the interface',
    },
    zh: {
      fact: '源系统 {source} 的 {url} 第 {page} 页无法继续翻页：{detail}',
      hint: '请将归集任务的 read.paging 与接口文档核对',
    },
  },
} satisfies Record<string, ErrorEntry>
