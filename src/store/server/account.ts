import { readFile, stat } from 'node:fs/promises'
import { GuijiError } from '../../errors/guiji-error.ts'

/** An operating-system account. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const UNPRIVILEGED = ['postgres', 'nobody']

/**
 * The account PostgreSQL must run as, or undefined where it may run as the present one. PostgreSQL refuses root:
 * then it is the owner of existing data, so that root can work in another user's workspace, else an unprivileged
 * account of the machine.
 *
 * @throws GuijiError STORE_NO_ACCOUNT
 */
export async function serverAccount(dataDirectory: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readAccounts(await readFile('/etc/passwd', 'utf8').catch(() => ''))
  const owner = await stat(dataDirectory).then(
    (found) => found.uid,
    () => 0,
  )
  const chosen =
    accounts.find((account) => owner !== 0 && account.uid === owner) ??
    UNPRIVILEGED.map((name) => accounts.find((account) => account.name === name)).find(Boolean)
  if (!chosen) throw new GuijiError('STORE_NO_ACCOUNT')
  return chosen
}

function readAccounts(passwd: string): Account[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) =>
      name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [],
    )
}
