/** The clocks of a dataset: six instants that are never mixed, each with what it is taken from. */
export interface Clocks {
  /** When the source says its content is from. */
  readonly sourcePublishedAt: Date | null
  /** When a run last read the source to its end or found it unchanged: the instant its reading began. */
  readonly lastCheckedAt: Date | null
  /** When rows last changed. */
  readonly lastChangedAt: Date | null
  /** When the rows that are held were loaded. */
  readonly loadedAt: Date | null
  /** From when on analysts see them. */
  readonly visibleAt: Date | null
  /** Up to when the data is known to be complete. */
  readonly completeThrough: Date | null
  readonly publishedBy: string | null
  readonly checkedBy: string | null
  readonly completeBy: string | null
}

/** Codes of what a clock is taken from, for people; a code that a connector brings itself stands for itself. */
export const clockSources = {
  'last-modified': { en: 'Last-Modified header', zh: 'Last-Modified 响应头' },
  'file-time': { en: 'time of the newest file', zh: '最新文件的时间' },
  manifest: { en: 'manifest', zh: '清单文件' },
  'business-date': { en: 'newest business date', zh: '最大业务日期' },
  period: { en: 'newest period delivered', zh: '最近到达的期次' },
  'complete-listing': { en: 'complete reading', zh: '全量读取' },
  incremental: { en: 'incremental reading', zh: '增量读取' },
  append: { en: 'new files read', zh: '读取新增文件' },
  source: { en: 'the source says so', zh: '源系统声明' },
  etag: { en: 'ETag unchanged', zh: 'ETag 未变' },
  fingerprint: { en: 'fingerprint unchanged', zh: '指纹未变' },
  'mtime+size': { en: 'file time and size unchanged', zh: '文件时间与大小未变' },
  sha256: { en: 'content unchanged (SHA-256)', zh: '内容未变（SHA-256）' },
  comparison: { en: 'comparison record by record', zh: '逐条比对' },
  commit: { en: 'commit of the load', zh: '装载事务提交' },
  publication: { en: 'commit of the publication', zh: '发布事务提交' },
} as const
