/**
 * `work`, or the signal's reason as soon as it aborts: what waits for a source ends even where a connector does not
 * listen to its signal. What `work` gives after that is disposed of.
 */
export async function orAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } catch (error) {
    work.then(dispose, () => {})
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function dispose(late: unknown): Promise<void> {
  if (typeof late !== 'object' || late === null || !(Symbol.asyncDispose in late)) return
  const end = late[Symbol.asyncDispose]
  if (typeof end === 'function') await Promise.resolve(end.call(late)).catch(() => {})
}
