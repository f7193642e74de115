import type { KeptValues } from '../../src/core/kept-values.ts'
import type { SetTimer } from '../../src/schedule/ticker.ts'

export const at = (iso: string): number => Date.parse(iso)

/** What is remembered, as JSON like the real one. */
export function createMemory(): KeptValues & { rows: Map<string, string> } {
  const rows = new Map<string, string>()
  return {
    rows,
    get: <T>(key: string) => {
      const json = rows.get(key)
      return json === undefined ? undefined : (JSON.parse(json) as T)
    },
    set: (key, value) => void rows.set(key, JSON.stringify(value)),
    transaction: (work) => {
      const before = new Map(rows)
      try {
        return work()
      } catch (error) {
        rows.clear()
        for (const [key, json] of before) rows.set(key, json)
        throw error
      }
    },
  }
}

/** A clock that only moves when told, and the one timer that hangs on it. */
export function createClock(start: number) {
  let now = start
  let timer: { dueInMs: number; call: () => void } | undefined
  /** Until the work is done and the next timer hangs; real files are looked at meanwhile. */
  const settle = async () => {
    for (const end = performance.now() + 1000; !timer && performance.now() < end; ) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const setTimer: SetTimer = (ms, call) => {
    const mine = { dueInMs: ms, call }
    timer = mine
    return () => {
      if (timer === mine) timer = undefined
    }
  }
  return {
    now: () => now,
    timer: setTimer,
    settle,
    /** Time passes; timers ring as they are due. */
    async pass(ms: number) {
      await settle()
      let left = ms
      while (timer && timer.dueInMs <= left) {
        const { dueInMs, call } = timer
        timer = undefined
        now += dueInMs
        left -= dueInMs
        call()
        await settle()
      }
      if (timer) timer.dueInMs -= left
      now += left
    },
    /** The clock is set, or the machine sleeps: timers notice nothing. */
    async jump(to: number) {
      await settle()
      now = to
      if (timer) await this.pass(Math.max(0, timer.dueInMs))
    },
  }
}
