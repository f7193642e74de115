import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { classifyOutcome } from '../../src/claude/outcome/outcome.ts'
import { outcomeText } from '../../src/claude/outcome/outcome-text.ts'
import { branded } from '../../src/claude/process/brand.ts'
import { memoryOfTree, watchMemory } from '../../src/claude/process/memory-watch.ts'
import { findProcess } from '../../src/claude/process/process-list.ts'
import { inScope } from '../../src/claude/process/scope.ts'
import type { EndedProcess } from '../../src/claude/types.ts'

const MIB = 1024 * 1024
const isLinux = process.platform === 'linux'

/** A process that starts another one, which holds so many MiB; both are there and hold it. */
async function greedy(mib: number) {
  const holder = `const held = Buffer.alloc(${mib} * 1048576, 1); console.log(held.length); setInterval(() => held, 1e6)`
  const program = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(holder)}], { stdio: 'inherit' })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  onTestFinished(() => void process.kill(-(child.pid as number), 'SIGKILL'))
  await once(child.stdout, 'data')
  const info = await findProcess(child.pid as number)
  return { pid: child.pid as number, startedAt: info?.startedAt ?? '' }
}

describe.runIf(isLinux)('the memory of a task', () => {
  it('is that of everything it started, and more than allowed is noticed once', async () => {
    const tree = await greedy(200)
    expect(await memoryOfTree(tree)).toBeGreaterThan(200 * MIB)
    const over = Promise.withResolvers<number>()
    let calls = 0
    const onOver = (bytes: number) => {
      calls++
      over.resolve(bytes)
    }
    watchMemory(tree, 150 * MIB, onOver, 5)
    expect(await over.promise).toBeGreaterThan(200 * MIB)
    let isQuiet = true
    const stop = watchMemory(tree, 4_096 * MIB, () => (isQuiet = false), 5)
    for (let looks = 0; looks < 3; looks++) await memoryOfTree(tree)
    stop()
    expect([calls, isQuiet]).toEqual([1, true])
  })

  it('of one process ends with an error of its own where the system can limit it', async () => {
    const hold = ['-e', 'Buffer.alloc(1500 * 1048576, 1); console.log("held")']
    const run = async (dataBytes?: number) => {
      const [file = '', ...args] = branded([process.execPath, ...hold], 'a1', process.env, '/', { dataBytes })
      const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] })
      let said = ''
      child.stdout.on('data', (chunk) => (said += chunk))
      await once(child, 'close')
      return said
    }
    const isBranded = branded(['/bin/true'], 'a1', process.env, '/')[0] !== '/bin/true'
    expect(await run()).toBe('held\n')
    if (isBranded) expect(await run(1_024 * MIB)).toBe('')
  })
})

test('a scope of systemd gets the limits; without one, or without limits, the command stays as it is', () => {
  const limits = { memoryBytes: 4 * 1024 * MIB, cpus: 1.5 }
  expect(inScope(['claude', '-p'], limits, () => '/usr/bin/systemd-run')).toEqual([
    ...['/usr/bin/systemd-run', '--user', '--scope', '--quiet', '--collect'],
    ...['-p', 'MemoryMax=4294967296', '-p', 'CPUQuota=150%', '--', 'claude', '-p'],
  ])
  expect(inScope(['claude'], limits, () => undefined)).toEqual(['claude'])
  const never = () => {
    throw new Error('nothing is looked for where there is no limit')
  }
  expect(inScope(['claude'], {}, never)).toEqual(['claude'])
})

test('a task that was stopped for its memory says so', () => {
  const ended = {
    ...{ complete: false, continuesDeferred: false, turns: 1, acted: true, openAsks: [], unheard: [], stderr: '' },
    ...{ leftovers: [], survivors: [], durationMs: 5, plan: [], notes: [], signal: 'SIGTERM' },
    overMemoryBytes: 5 * 1024 * MIB,
  } as EndedProcess
  expect(classifyOutcome(ended).kind).toBe('over-memory')
  expect(outcomeText('over-memory', ended)).toContain('5.0 GB')
  expect(classifyOutcome({ ...ended, reason: 'pause' }).kind, 'a person comes first').toBe('interrupted')
})
