import { GuijiError } from '../src/errors/guiji-error.ts'
import { type Listener, type ListenerOptions, startListener } from '../src/observe/listener.ts'

const option = '--listen'

interface Address {
  readonly host: string
  readonly port: number
}

/**
 * The address `--listen` names: a port of this machine alone (`9464`), or host and port (`10.0.0.5:9464`,
 * `[::1]:9464`).
 */
export function listenAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits !== undefined && port <= 65_535) return { host: bracketed ?? plain ?? '127.0.0.1', port }
  throw new GuijiError('COMMAND_VALUE', { option, found: text, expected: '9464, 127.0.0.1:9464' })
}

/** Health and metrics at the address asked for. Throws `LISTEN_REFUSED` where it cannot be had. */
export async function openListener(
  text: string,
  rest: Omit<ListenerOptions, keyof Address>,
): Promise<Listener> {
  try {
    return await startListener({ ...listenAddress(text), ...rest })
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    throw new GuijiError('LISTEN_REFUSED', { address: text, reason: String(error.code) }, { cause: error })
  }
}
