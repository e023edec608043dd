import { GuijiError } from '../../errors/guiji-error.ts'

/** The code of a system or database error: `ENOENT`, `28P01`, … */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return undefined
}

/** EACCES and EPERM become STORE_NOT_PERMITTED, ENOSPC and EDQUOT STORE_DISK_FULL; all else stays as it is. */
export function notPermitted(path: string, error: unknown): unknown {
  const code = codeOf(error) ?? ''
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
    return new GuijiError('STORE_NOT_PERMITTED', { path, reason: code }, { cause: error })
  }
  if (['ENOSPC', 'EDQUOT'].includes(code))
    return new GuijiError('STORE_DISK_FULL', { path }, { cause: error })
  return error
}
