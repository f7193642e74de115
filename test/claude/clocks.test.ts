import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClocks } from '../../src/claude/process/clocks.ts'
import type { Clock } from '../../src/claude/types.ts'

const NEVER = { startMs: Infinity, idleMs: Infinity, totalMs: Infinity, exitMs: Infinity, graceMs: 0 }

function clocks(limits: Partial<typeof NEVER>) {
  const fired: Clock[] = []
  return { ...createClocks({ ...NEVER, ...limits }, (clock) => fired.push(clock)), fired }
}

// Time is driven by hand, so that a busy machine changes nothing.
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const pass = (ms: number) => void vi.advanceTimersByTime(ms)

describe('the clocks of a process', () => {
  it('do not run out when there is no limit', () => {
    const { fired, stop } = clocks({})
    pass(60 * 24 * 3_600_000)
    stop()
    expect(fired).toEqual([])
  })

  it('wait for the first message of substance', () => {
    const silent = clocks({ startMs: 40 })
    const begun = clocks({ startMs: 40 })
    begun.begun()
    pass(100)
    expect(silent.fired).toEqual(['start'])
    expect(begun.fired).toEqual([])
    begun.stop()
  })

  it('begin the idle time again with every output', () => {
    const { fired, heard, stop } = clocks({ idleMs: 120 })
    for (let i = 0; i < 5; i++) {
      pass(50)
      heard()
    }
    expect(fired).toEqual([])
    pass(200)
    expect(fired).toEqual(['idle'])
    stop()
  })

  it('do not run while a person is waited for, and the total time goes on where it stood', () => {
    const { fired, heard, waiting, stop } = clocks({ idleMs: 80, totalMs: 250 })
    waiting(true)
    heard()
    pass(350)
    expect(fired).toEqual([])
    waiting(false)
    for (let i = 0; i < 10 && fired.length === 0; i++) {
      heard()
      pass(50)
    }
    expect(fired).toEqual(['total'])
    stop()
  })

  it('leave only the exit to wait for once the result is there, and tell one that ran out once', () => {
    const { fired, resulted, stop } = clocks({ idleMs: 30, totalMs: 30, exitMs: 60 })
    resulted()
    resulted()
    pass(150)
    expect(fired).toEqual(['exit'])
    stop()
  })

  it('are silent when stopped', () => {
    const { fired, stop } = clocks({ startMs: 20, idleMs: 20, totalMs: 20 })
    stop()
    pass(60 * 24 * 3_600_000)
    expect(fired).toEqual([])
  })
})
