import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { runShellCommand, type ShellCommandRequest } from '../../src/proof/run-command.ts'

/** Of folders that everybody may search. */
const OPEN_PATH = '/usr/local/bin:/usr/bin:/bin'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'baton-proof-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The descendants of a process and itself, as a daemon would end them. */
async function killTree(pid: number): Promise<void> {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n')
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number])
  const found = new Set([pid])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const [child, parent] of pairs) if (found.has(parent)) found.add(child)
  }
  for (const one of found) {
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // Gone already.
    }
  }
}

function run(command: ShellCommandRequest['command'], more: Partial<ShellCommandRequest> = {}) {
  return runShellCommand({
    command,
    cwd: tmpdir(),
    env: { PATH: process.env.PATH },
    timeoutMs: 10_000,
    killTree,
    ...more,
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\bZ\b/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)]).toString())
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && isAlive(pid); i += 1) await sleep(20)
  return !isAlive(pid)
}

test('A command succeeds by its exit code, and both outputs are kept in the order in which they were written', async () => {
  const result = await run('echo one; echo two >&2; echo three; test "$FROM_CONFIG" = yes', {
    env: { PATH: process.env.PATH, FROM_CONFIG: 'yes' },
  })
  expect(result).toMatchObject({ ok: true, exitCode: 0, output: 'one\ntwo\nthree\n' })
  expect(await run('echo no; exit 3', { name: 'a check' })).toMatchObject({
    name: 'a check',
    command: 'echo no; exit 3',
    ok: false,
    exitCode: 3,
  })
})

test('A list of arguments is run without a shell looking into it, and shown as one would type it', async () => {
  const result = await run(['printf', '%s\\n', '$HOME; echo injected', "it's"])
  expect(result.output).toBe("$HOME; echo injected\nit's\n")
  expect(result.command).toBe("printf '%s\\n' '$HOME; echo injected' 'it'\\''s'")
})

test('What cannot be started fails with the reason: no program, no folder, a killed command', async () => {
  expect(await run(['no-such-program-here'], { env: { ...process.env, PATH: OPEN_PATH } })).toMatchObject({
    ok: false,
    exitCode: 127,
    output: expect.stringContaining('not found'),
  })
  expect(await run('true', { cwd: '/no/such/folder' })).toMatchObject({
    ok: false,
    output: expect.stringContaining('/no/such/folder'),
  })
  const script = join(folder(), 'script')
  writeFileSync(script, '')
  for (const command of [script, [script], `echo before; ${script}`]) {
    const { exitCode, output } = await run(command)
    expect([exitCode, output]).toEqual([
      126,
      expect.stringContaining(`Could not be started: ${script} is not executable.`),
    ])
  }
  expect((await run('exit 126')).output).toBe('')
  expect(await run('kill -9 $$')).toMatchObject({ ok: false, output: 'Stopped by SIGKILL.' })
})

test.runIf(process.getuid?.() !== 0)('A folder of PATH that is closed is named (not as root)', async () => {
  const closed = folder()
  chmodSync(closed, 0)
  onTestFinished(() => chmodSync(closed, 0o700))
  const { output } = await run(['no-such-program-here'], { env: { ...process.env, PATH: `${closed}:${OPEN_PATH}` } })
  expect(output).toContain(`the folder ${closed} of PATH cannot be searched (no permission)`)
})

test('Out of time, the whole tree is ended, also what left the process group', async () => {
  const file = join(folder(), 'pids')
  const command = `echo started; setsid sleep 600 & echo $! >> ${file}; sleep 601 & echo $! >> ${file}; sleep 602`
  const result = await run(command, { timeoutMs: 700 })
  expect(result).toMatchObject({ ok: false, timedOut: true, output: 'started\n' })
  expect(result.exitCode).toBeUndefined()
  const pids = readFileSync(file, 'utf8').trim().split('\n').map(Number)
  expect(pids).toHaveLength(2)
  for (const pid of pids) expect(await gone(pid)).toBe(true)
})

test('A server left in the background holds nothing up and does not stay', async () => {
  const result = await run('sleep 600 & echo $!')
  expect(result.ok).toBe(true)
  expect(await gone(Number(result.output))).toBe(true)
})

test('An interrupted command is ended and throws, because it did not fail', async () => {
  const controller = new AbortController()
  let pid = 0
  const running = run('echo $$; exec sleep 600', {
    signal: controller.signal,
    onOutput: (chunk) => (pid = Number(Buffer.from(chunk).toString())),
  })
  while (pid === 0) await sleep(20)
  controller.abort(new Error('paused'))
  await expect(running).rejects.toThrow('paused')
  expect(await gone(pid)).toBe(true)
  await expect(run('true', { signal: controller.signal })).rejects.toThrow('paused')
})

test('Of much output the head and the tail are kept, the rest is counted, and all of it is streamed', async () => {
  let streamed = 0
  const result = await run('echo first; yes 0123456789 | head -n 500000; echo last', {
    keepBytes: 1000,
    onOutput: (chunk) => (streamed += chunk.length),
  })
  expect(streamed).toBe('first\n'.length + 500_000 * 11 + 'last\n'.length)
  expect(result.output).toMatch(
    /^first\n0123456789\n[\s\S]*\n… 5,499,0\d\d bytes left out …\n[\s\S]*0123456789\nlast\n$/,
  )
  expect(result.output.length).toBeLessThan(1100)
})

test('a script runs in the shell that its first line names', async () => {
  const script = '#!/usr/bin/env bash\nset -e\n[[ abc == a* ]]\necho "in bash: $BASH"'
  expect(await run(script)).toMatchObject({
    ok: true,
    output: expect.stringMatching(/^in bash: .*bash\n$/),
    command: script,
  })
  expect(await run('#!/bin/sh -e\nfalse\necho on')).toMatchObject({ ok: false, output: '' })
})
