import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { commandOf, killNow, processesWith } from '../../faults/processes.ts'
import { aHome, startBaton } from './program.ts'

const MODULE = pathToFileURL(join(import.meta.dirname, '../../src/commands/shell/force-exit.ts')).href

/** Runs a script that hangs on a pipe that nobody writes to, with or without the guard; gives how it ended, if it did. */
async function hang(script: string, { guarded }: { guarded: boolean }) {
  const home = aHome({})
  execFileSync('mkfifo', [join(home.dir, 'pipe')])
  const guard = guarded ? `(await import('${MODULE}')).forceExitAfter(1_000)` : ''
  const code = `import * as fs from 'node:fs'\n${guard}\nconsole.log('begins')\n${script}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: home.dir })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  await once(child.stdout, 'data')
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
  if (guarded) return ended
  return Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_500, 'hangs'))])
}

const HANGS = {
  'the loop stands still': "fs.readFileSync('pipe')",
  'a promise never settles': 'setInterval(() => {}, 1_000); await new Promise(() => {})',
  'process.exit waits for a file': "fs.readFile('pipe', () => {}); setTimeout(() => process.exit(3), 50)",
}

it.each(Object.entries(HANGS))('ends the process although %s', async (_, script) => {
  expect(await hang(script, { guarded: true })).toEqual({
    code: null,
    signal: 'SIGKILL',
    stderr: expect.stringContaining('did not stop in time'),
  })
})

it.each(Object.entries(HANGS))('control: without it the process hangs: %s', async (_, script) => {
  expect(await hang(script, { guarded: false })).toBe('hangs')
})

it('says and does nothing where the process ends by itself', async () => {
  expect(await hang('process.exitCode = 3', { guarded: true })).toEqual({ code: 3, signal: null, stderr: '' })
})

it.runIf(process.platform === 'linux')('leaves no process behind', async () => {
  const mark = randomUUID()
  const code = `(await import('${MODULE}')).forceExitAfter(3_600_000); process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, END_FOR_SURE_MARK: mark },
  })
  const running = () => processesWith('END_FOR_SURE_MARK', mark).map(commandOf)
  onTestFinished(() => killNow(processesWith('END_FOR_SURE_MARK', mark)))
  await expect.poll(running).toContain('sleep 3600')
  child.stdin.end()
  await expect.poll(running).toEqual([])
})

const TURNS = {
  'a pipe that nobody writes to': 'mkfifo tasks/today.md',
  'a device without end': 'ln -s /dev/zero tasks/today.md',
  'a folder': 'mkdir tasks/today.md',
  'a link to itself': 'ln -s today.md tasks/today.md',
  'a link that leads nowhere': 'ln -s nowhere tasks/today.md',
  'a pipe, and a pipe beside it': 'mkfifo tasks/today.md tasks/other.md',
}

it.each(Object.entries(TURNS))('lets SIGTERM end the daemon while a task file is %s', async (_, turn) => {
  const home = aHome({
    'config.yaml': 'http:\n  enabled: false\nwatch: true\ntimeouts:\n  verify: 0\n',
    'tasks/today.md': `## Task 1: Turn\n**Run:**\n- rm tasks/today.md && ${turn} && touch turned\n`,
  })
  const daemon = startBaton(home, ['start'])
  await daemon.hears('is running (pid')
  const run = startBaton(home, ['tasks', 'tasks/today.md'])
  await run.hears('Started task')
  while (!exists(() => home.read('turned'))) await new Promise((resolve) => setTimeout(resolve, 50))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  daemon.child.kill('SIGTERM')
  const { exitCode } = await daemon.ended
  expect([0, null]).toContain(exitCode)
})

function exists(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}
