/**
 * A signal that aborts on the first Ctrl-C, SIGTERM or SIGHUP, so that what is under way ends in order; the second
 * one ends the process at once, as it would without guiji's say.
 */
export function stopSignal(process: NodeJS.Process, announce: () => void): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        process.removeAllListeners(name)
        process.kill(process.pid, name)
        return
      }
      controller.abort(new DOMException(name, 'AbortError'))
      announce()
    })
  }
  return controller.signal
}
