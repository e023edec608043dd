import { createHmac } from 'node:crypto'
import { ensureRoles, loginRole, type Reader, setPassword } from '../src/access/roles.ts'
import type { Store } from '../src/store/open-store.ts'

/**
 * The store's address for one of its readers. Where the owner signs in with a password, the reader gets one too,
 * derived from it: the same each time, and nobody can tell the owner's from it. Without one (trust, .pgpass) the
 * address names only the role.
 */
export async function readerUrl(store: Store, reader: Reader): Promise<string> {
  const url = new URL(store.url)
  const client = await store.pool.connect()
  try {
    await ensureRoles(client, await departments(client))
    const role = await loginRole(client, reader)
    const password = url.password === '' ? '' : derivedPassword(decodeURIComponent(url.password), role)
    if (password !== '') await setPassword(client, reader, password)
    url.username = encodeURIComponent(role)
    url.password = password
    return url.href
  } finally {
    client.release()
  }
}

function derivedPassword(owner: string, role: string): string {
  return createHmac('sha256', owner).update(role).digest('base64url')
}

async function departments(client: Parameters<typeof ensureRoles>[0]): Promise<string[]> {
  const { rows } = await client.query<{ code: string }>(
    'select code from guiji.department where retired_at is null order by code',
  )
  return rows.map(({ code }) => code)
}
