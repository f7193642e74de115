import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commandLineOf, findProcess } from '../../src/claude/process/process-list.ts'
import { descendants, findTree, killTree } from '../../src/claude/process/tree.ts'
import { processesOf } from '../support/rehearsal-agent.ts'

function start(script: string, attemptId: string = randomUUID()): ChildProcess & { pid: number } {
  const env = { PATH: process.env.PATH, BATON_ATTEMPT: attemptId }
  const child = spawn('/bin/sh', ['-c', script], { env, stdio: 'ignore', detached: true })
  onTestFinished(() => {
    for (const pid of processesOf(attemptId)) process.kill(pid, 'SIGKILL')
  })
  if (child.pid === undefined) throw new Error('sh could not be started')
  return child as ChildProcess & { pid: number }
}

/** Until as many processes of an attempt are there. */
async function grown(attemptId: string, count: number): Promise<number[]> {
  for (;;) {
    const pids = (await findTree({ attemptId })).map((info) => info.pid)
    if (pids.length >= count) return pids
    await sleep(10)
  }
}

describe('a process tree', () => {
  it('is recognised by pid and start time', async () => {
    const { pid } = start('sleep 300')
    const startedAt = (await findProcess(pid))?.startedAt
    expect(startedAt).toBe((await findProcess(pid))?.startedAt)
    expect(startedAt).not.toBe((await findProcess(process.pid))?.startedAt)
    expect((await findProcess(2 ** 22 + 1))?.startedAt).toBeUndefined()
  })

  it('reaches into other process groups and sessions', async () => {
    const attemptId = randomUUID()
    const { pid } = start('setsid sleep 300 & setsid sh -c "sleep 300 & wait" & wait', attemptId)
    await grown(attemptId, 4)
    expect(await descendants(pid)).toHaveLength(3)
  })

  it('is ended with everything that ignores SIGTERM or lost its parent', async () => {
    const attemptId = randomUUID()
    const deaf = 'trap "" TERM HUP; while :; do sleep 0.1; done'
    const { pid } = start(`(setsid sh -c '${deaf}' &); (setsid sh -c '${deaf}' &); exec sleep 300`, attemptId)
    await grown(attemptId, 5)
    const startedAt = (await findProcess(pid))?.startedAt ?? ''
    const report = await killTree({ pid, startedAt, attemptId }, { graceMs: 100 })
    expect(report.survivors).toEqual([])
    expect(report.killed.length).toBeGreaterThanOrEqual(5)
    expect(await findTree({ attemptId })).toEqual([])
  })

  it('is found by its mark alone, as after a kill of the daemon', async () => {
    const attemptId = randomUUID()
    start('sleep 300 & sleep 300', attemptId)
    await grown(attemptId, 3)
    // What hears SIGTERM is not waited for.
    expect((await killTree({ attemptId }, { graceMs: 300_000 })).survivors).toEqual([])
    expect(await findTree({ attemptId })).toEqual([])
  })

  it('leaves another process of the same pid, and other attempts, alone', async () => {
    const { pid } = start('sleep 300', 'other-attempt')
    const attemptId = randomUUID()
    const report = await killTree({ pid, startedAt: 'another-start', attemptId }, { graceMs: 50 })
    expect(report).toEqual({ killed: [], survivors: [] })
    expect(await commandLineOf(pid)).toContain('sleep 300')
  })

  it('does not hold a name that merely begins like its own', async () => {
    const attemptId = randomUUID()
    start('sleep 300', `${attemptId}-2`)
    await grown(`${attemptId}-2`, 1)
    expect(await findTree({ attemptId })).toEqual([])
  })
})
