import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { limitWrites } from '../../faults/disk/small-disk.ts'
import { createFaultHome, type FaultHome } from '../../faults/home.ts'
import { killNow, processesWith } from '../../faults/processes.ts'
import { type RunnerProcess, startRunner } from '../../faults/runner-process.ts'
import { readWitness } from '../../faults/witness.ts'
import { openStore } from '../../src/store/store.ts'

const BATON = join(import.meta.dirname, '../../bin/baton.js')
const END_MS = 5_000

const homes: FaultHome[] = []
const runners: RunnerProcess[] = []
afterEach(async () => {
  for (const runner of runners.splice(0)) {
    runner.kill()
    await runner.ended
  }
  for (const home of homes.splice(0)) {
    killNow(left(home))
    home.remove()
  }
})

const left = (home: FaultHome) => processesWith('BATON_REHEARSAL_JOURNAL', home.journal)

async function begun(task: string, config = ''): Promise<{ home: FaultHome; runner: RunnerProcess }> {
  const home = createFaultHome(`## Task 1: Job 1\n${task}\n`, config)
  homes.push(home)
  const runner = begin(home)
  await runner.until('opened')
  runner.say({ do: 'command', key: 'start', command: { type: 'start' } })
  return { home, runner }
}

function begin(home: FaultHome): RunnerProcess {
  const runner = startRunner(home)
  runners.push(runner)
  return runner
}

async function heard(home: FaultHome): Promise<void> {
  await expect.poll(() => readWitness(home.journal).starts.length, { timeout: 10_000 }).toBe(1)
  await sleep(300)
}

/** Sends SIGTERM and gives the milliseconds until the process is gone. */
async function end(runner: RunnerProcess): Promise<number> {
  const sent = performance.now()
  runner.kill('SIGTERM')
  const { code } = await runner.ended
  expect(code, runner.stderr()).toBe(0)
  return performance.now() - sent
}

const STUBBORN =
  '**Claude Instruction:**\nrehearse: say Hello.\nrehearse: child-sleep\nrehearse: child-holds-stdout\nrehearse: ignore-sigterm'

describe('SIGTERM', () => {
  it('ends within 5 s with an agent and children that hear no signal, leaves nothing, and the next start goes on', async () => {
    const { home, runner } = await begun(STUBBORN)
    await heard(home)
    expect(await end(runner)).toBeLessThan(END_MS)
    expect(left(home)).toEqual([])
    const next = begin(home)
    const ended = await next.until('event', ({ event }) => event.type === 'task.done')
    expect(ended?.event.data?.result).toContain('Acted out')
  })

  it('keeps an open permission, and its answer passes the call after the next start', async () => {
    const { home, runner } = await begun('**Claude Instruction:**\nrehearse: bash touch allowed.txt')
    await runner.until('event', ({ event }) => event.type === 'ask.opened')
    expect(await end(runner)).toBeLessThan(END_MS)
    expect(left(home)).toEqual([])
    const next = begin(home)
    const opened = await next.until('opened')
    expect(opened?.asks).toMatchObject([{ kind: 'permission', state: 'open' }])
    next.say({ do: 'command', key: 'yes', command: { type: 'approve', target: {} } })
    await next.until('event', ({ event }) => event.type === 'task.done')
    expect(home.read('allowed.txt')).toBe('')
  })

  it('ends within 5 s while a check, and while a command of the user, does not end', async () => {
    const stay = "trap '' TERM INT; while :; do sleep 1; done"
    for (const task of [`**Verify:**\n- ${stay}\n\n**Claude Instruction:**\nDo it.`, `**Run:**\n- ${stay}`]) {
      const { home, runner } = await begun(task)
      const type = task.startsWith('**Run') ? 'task.started' : 'task.verifying'
      await runner.until('event', ({ event }) => event.type === type)
      await sleep(700)
      expect(await end(runner), type).toBeLessThan(END_MS)
      expect(left(home), type).toEqual([])
    }
  })

  it('ends within 5 s while the disk takes nothing, and the next start goes on', async () => {
    const { home, runner } = await begun(STUBBORN)
    await heard(home)
    expect(limitWrites(runner.pid, true)).toBe(true)
    runner.kill('SIGTERM')
    const sent = performance.now()
    await runner.ended
    expect(performance.now() - sent).toBeLessThan(END_MS)
    const next = begin(home)
    expect(await next.until('event', ({ event }) => event.type === 'task.done')).toBeDefined()
    const store = openStore<unknown>(home.stateDir)
    const interruptions = store.read.events({}).filter(({ type }) => type === 'task.interrupted')
    store.close()
    expect(interruptions).toHaveLength(1)
  })

  it('ends the daemon as people start it within 5 s', async () => {
    const home = createFaultHome(`## Task 1: Job 1\n${STUBBORN}\n`, 'http:\n  port: 0\n')
    homes.push(home)
    const env = {
      PATH: process.env.PATH,
      HOME: home.dir,
      CLAUDE_CONFIG_DIR: join(home.dir, 'sessions'),
      BATON_REHEARSAL_JOURNAL: home.journal,
    }
    const daemon = spawn(process.execPath, [BATON, 'start', '--home', home.dir], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    daemon.stdout.on('data', (chunk) => (said += chunk))
    daemon.stderr.on('data', (chunk) => (said += chunk))
    try {
      await expect.poll(() => said, { timeout: 15_000 }).toMatch(/is running \(pid/)
      const act = spawn(process.execPath, [BATON, 'tasks', '--home', home.dir], { env, stdio: 'ignore' })
      await heard(home)
      act.kill('SIGKILL')
      const sent = performance.now()
      daemon.kill('SIGTERM')
      await once(daemon, 'exit')
      expect(performance.now() - sent, said).toBeLessThan(END_MS)
      expect(left(home).filter((pid) => pid !== act.pid)).toEqual([])
    } finally {
      daemon.kill('SIGKILL')
    }
  })
})
