/** What a heartbeat needs; nothing of it knows who listens. */
export interface HeartbeatPorts {
  /** http or https; healthchecks.io, Uptime Kuma, Better Stack and the like give one. */
  url: string
  everyMs: number
  isWell: () => boolean
  fetch: typeof fetch
  /** Called once when pings begin to fail (with why), and once (without) when they arrive again. */
  onTrouble: (why?: string) => void
}

const TIMEOUT_MS = 10_000

/**
 * Pings `url` at once and every `everyMs`, for as long as Baton is well. Silence is the alarm: a dead-man's switch at the
 * other end alerts its owner when the pings stay away, be it that Baton, its machine or its network is gone. Returns what
 * ends it. A ping is never sent again: the next one says the same.
 */
export function startHeartbeat({ url, everyMs, isWell, fetch, onTrouble }: HeartbeatPorts): () => void {
  const ended = new AbortController()
  let isFailing = false

  const note = (why: string | undefined) => {
    if (ended.signal.aborted || isFailing === (why !== undefined)) return
    isFailing = why !== undefined
    onTrouble(why)
  }
  const ping = async () => {
    if (!isWell()) return
    try {
      const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(TIMEOUT_MS)])
      const { ok, status, body } = await fetch(url, { signal })
      void body?.cancel().catch(() => undefined)
      note(ok ? undefined : `it answers ${status}`)
    } catch (error) {
      const { cause, message } = error as Error
      note((cause as Error | undefined)?.message ?? message)
    }
  }

  const timer = setInterval(() => void ping(), everyMs)
  void ping()
  return () => {
    clearInterval(timer)
    ended.abort()
  }
}
