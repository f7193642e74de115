import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { classifyOutcome } from '../../src/claude/outcome/outcome.ts'
import { outcomeText } from '../../src/claude/outcome/outcome-text.ts'
import { branded, ownCeiling } from '../../src/claude/process/brand.ts'
import { memoryOfTree, watchMemory } from '../../src/claude/process/memory-watch.ts'
import { startClaude } from '../../src/claude/process/process.ts'
import { findProcess } from '../../src/claude/process/process-list.ts'
import { inScope, scopeWords } from '../../src/claude/process/scope.ts'
import type { ClaudeLimits, EndedProcess } from '../../src/claude/types.ts'

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
  expect(inScope(['claude', '-p'], limits, () => ['/usr/bin/systemd-run', '--user', '--scope'])).toEqual([
    ...['/usr/bin/systemd-run', '--user', '--scope'],
    ...['-p', 'MemoryMax=4294967296', '-p', 'CPUQuota=150%', '--', 'claude', '-p'],
  ])
  expect(inScope(['claude'], limits, () => undefined)).toEqual(['claude'])
  const never = () => {
    throw new Error('nothing is looked for where there is no limit')
  }
  expect(inScope(['claude'], {}, never)).toEqual(['claude'])
})

describe('whether there is a scope', () => {
  /** In its place a program that says yes where the user's systemd can be reached, and knows these properties. */
  const systemd = (known: string) => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-scope-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    const path = join(dir, 'systemd-run')
    const refusing = `for word; do case "$word" in *=*) case "$word" in ${known}) ;; *) exit 1;; esac;; esac; done`
    writeFileSync(path, `#!/bin/sh\n[ "$XDG_RUNTIME_DIR" = ${dir} ] || exit 1\n${refusing}\n`, { mode: 0o755 })
    return { path, env: { XDG_RUNTIME_DIR: dir } }
  }
  const usual = ['--user', '--scope', '--quiet', '--collect']

  test('is tried with what the command will find in its environment, and not with what Baton has', () => {
    const { path, env } = systemd('OOMPolicy=continue')
    expect(scopeWords({}, [path])).toBeUndefined()
    expect(scopeWords(env, [path])).toEqual([path, ...usual, '-p', 'OOMPolicy=continue'])
    expect(scopeWords(env, ['/nowhere/systemd-run'])).toBeUndefined()
  })

  test('is found also where systemd is older', () => {
    const { path, env } = systemd('nothing')
    expect(scopeWords(env, [path])).toEqual([path, ...usual])
  })
})

describe.runIf(isLinux)('a Claude with limits', () => {
  const NEVER = { startMs: Infinity, idleMs: Infinity, totalMs: Infinity, exitMs: Infinity, graceMs: 200 }
  const start = (program: string, limits: Partial<ClaudeLimits>) => {
    const cwd = mkdtempSync(join(tmpdir(), 'baton-limits-'))
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
    const lines: string[] = []
    const claude = startClaude(
      {
        ...{ command: ['/bin/sh', '-c', program], args: [], cwd, env: { PATH: process.env.PATH ?? '' } },
        ...{ attemptId: `limits-${process.pid}-${Math.random()}`, prompt: 'x', limits: { ...NEVER, ...limits } },
      },
      { onAsk: () => undefined, onRaw: (line) => void lines.push(String(line)) },
    )
    return { claude, lines }
  }

  test('is ended with all that it started when that uses more memory together than it may', async () => {
    // Each is below the limit, which the system keeps: only the sum is above it.
    const hog = '(head -c 70000000 /dev/zero; exec sleep 300) | tail -c 70000000 > /dev/null &'
    const { claude, lines } = start(`${hog} echo $!; ${hog} echo $!; wait`, {
      memoryBytes: 100 * MIB,
      memoryLookMs: 20,
    })
    const ended = await claude.finished
    expect(ended.overMemoryBytes).toBeGreaterThan(100 * MIB)
    expect(classifyOutcome(ended).kind).toBe('over-memory')
    expect(lines).toHaveLength(2)
    expect(ended.survivors).toEqual([])
    for (const pid of lines) expect(await findProcess(Number(pid))).toBeUndefined()
  })

  test.runIf(ownCeiling() !== undefined)('has that limit on each of its processes, too', async () => {
    const { claude, lines } = start('(grep "Max data size" /proc/self/limits)', { memoryBytes: 2_048 * MIB })
    await claude.finished
    expect(lines.join()).toMatch(/Max data size +2147483648 +2147483648/)
  })
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
