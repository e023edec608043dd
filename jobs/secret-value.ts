import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { readSecret } from '../src/workspace/secrets.ts'
import { environment } from './environment.ts'
import type { KnownSecrets } from './known-secrets.ts'

/**
 * The value of a reference in `guiji.yaml`; what is no reference is its own value. From then on nothing that is said
 * or kept holds it.
 *
 * @throws GuijiError SECRET_MISSING
 */
export async function secretValue(
  reference: string,
  { directory, secrets }: { readonly directory: string; readonly secrets: KnownSecrets },
): Promise<string> {
  const value = await readSecret(reference, {
    environment,
    readFile: (file) => readFile(path.resolve(directory, file), 'utf8'),
  })
  if (value !== reference) secrets.add([value])
  return value
}
