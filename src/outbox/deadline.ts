/**
 * Runs a call that ends after `timeoutMs`, or as soon as `stopping` does. An own controller instead of AbortSignal.any, whose
 * dependents pile up on a signal that lives for months.
 */
export async function withDeadline<T>(
  stopping: AbortSignal,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, timeoutMs)
  stopping.addEventListener('abort', abort, { once: true })
  if (stopping.aborted) abort()
  try {
    return await run(controller.signal)
  } finally {
    clearTimeout(timer)
    stopping.removeEventListener('abort', abort)
  }
}
