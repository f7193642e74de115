import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processesOf } from '../support/rehearsal-agent.ts'
import { aHome, baton, type Home, REHEARSED, startAtTerminal, startBaton, tasks } from './program.ts'

const CONFIG = `http:\n  enabled: false\n${REHEARSED}`
const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0
const PATIENCE_MS = 20_000

/** A daemon with a task that has asked something; its tmux is no other one's. */
async function atAQuestion(more: { fields?: string; after?: string } = {}) {
  const act = `say hello\nask "Which?" A|B\nedit out.txt "x"`
  const home = aHome({ 'config.yaml': CONFIG, 'today.md': tasks({ fields: more.fields ?? '', act }) })
  const env = { TMUX_TMPDIR: home.dir }
  onTestFinished(() => void spawnSync('tmux', ['-L', 'baton', 'kill-server'], { env: { ...process.env, ...env } }))
  const daemon = await aDaemon(home)
  startBaton(home, ['tasks', 'today.md'])
  await status(home, ({ asks }) => asks.length === 1)
  return { home, env, daemon }
}

async function aDaemon(home: Home) {
  const daemon = startBaton(home, ['start'])
  await daemon.hears('is running (pid')
  return daemon
}

interface Status {
  asks: unknown[]
  tasks: { id: string; status: string; takenOver?: { by: { name: string } } }[]
}

/** The status once it is as wanted. */
async function status(home: Home, wanted: (status: Status) => boolean): Promise<Status> {
  let seen: Status | undefined
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    seen = JSON.parse((await baton(home, ['status', '--json'])).stdout) as Status
    if (wanted(seen)) return seen
  }
  throw new Error(`The status never was as wanted: ${JSON.stringify(seen)}`)
}

/** Whatever is installed, none that works is found. */
function withoutTmux(home: Home): Record<string, string> {
  home.write('programs/tmux', '#!/bin/sh\nexit 127\n')
  chmodSync(join(home.dir, 'programs/tmux'), 0o755)
  return { PATH: `${join(home.dir, 'programs')}:${process.env.PATH}` }
}

const isTaken = ({ tasks }: Status) => tasks[0]?.status === 'taken_over'
const isAsking = ({ asks, tasks }: Status) => asks.length === 1 && tasks[0]?.status === 'waiting'

/** The agent in a person's window, by the program that runs there. */
function inWindow(home: Home): number[] {
  const lines = execFileSync('ps', ['-e', '-o', 'pid=,args=']).toString().split('\n')
  const windows = lines.filter((line) => line.includes('rehearsal.js --permission-mode='))
  return windows.map((line) => Number.parseInt(line, 10)).filter((pid) => cwdOf(pid) === home.dir)
}

const cwdOf = (pid: number) =>
  spawnSync('readlink', [`/proc/${pid}/cwd`])
    .stdout.toString()
    .trim()

describe.runIf(HAS_TMUX)('taking a task over in tmux', () => {
  it('shows what it asked, keeps it from others, and hands it back when the window ends, however it does', async () => {
    const { home, env } = await atAQuestion()
    const window = startBaton(home, ['takeover', '1'], env)
    await window.hears('Open it with: tmux -L baton attach -t baton-1-claude')
    expect(window.stdout()).toContain('It was asking:\nWhich?\n1. A\n2. B\n')
    const { tasks: shown, asks } = await status(home, isTaken)
    expect([asks, shown[0]?.takenOver?.by.name]).toEqual([[], expect.any(String)])
    expect((await baton(home, ['skip', '1'], env)).stderr).toContain('is taken over by')
    expect((await baton(home, ['takeover', '1'], env)).stdout).toContain('It is already open in a window')
    const [agent = 0] = inWindow(home)
    process.kill(agent, 'SIGKILL')
    expect(await window.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Claude continues') })
    await status(home, isAsking)
    expect((await baton(home, ['answer', '1', 'A'], env)).exitCode).toBe(0)
    await status(home, ({ tasks }) => tasks[0]?.status === 'done')
  })

  it('outlives a kill of Baton, and is handed back by the next one when the server of tmux is gone', async () => {
    const { home, env, daemon } = await atAQuestion()
    const window = startBaton(home, ['takeover', '1'], env)
    await window.hears('Open it with')
    // Who waits for the window dies with Baton: only the next Baton can see its end.
    window.child.kill('SIGKILL')
    daemon.child.kill('SIGKILL')
    await daemon.ended
    await aDaemon(home)
    const agents = inWindow(home)
    expect([agents.length, isTaken(await status(home, isTaken))]).toEqual([1, true])
    spawnSync('tmux', ['-L', 'baton', 'kill-server'], { env: { ...process.env, ...env } })
    await status(home, isAsking)
    expect(inWindow(home).filter((pid) => agents.includes(pid))).toEqual([])
  })

  it('ends the window of a task that is handed back as finished, and checks it', async () => {
    const { home, env } = await atAQuestion({ fields: '**Verify:**\n- test -e by-hand.txt\n\n' })
    const window = startBaton(home, ['takeover', '1'], env)
    await window.hears('Open it with')
    home.write('by-hand.txt', 'by a person')
    const released = await baton(home, ['release', '1', 'done'], env)
    expect(released).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Its checks run next.') })
    const { tasks: shown } = await status(home, ({ tasks }) => tasks[0]?.status === 'done')
    expect(inWindow(home)).toEqual([])
    expect(processesOf(String(shown[0]?.id))).toEqual([])
    // Nothing is left to say about a task that is in other hands already.
    expect(await window.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('handed back meanwhile') })
  })
})

describe('following a task', () => {
  it('shows its log until it ends', async () => {
    const { home, env } = await atAQuestion()
    const log = startBaton(home, ['attach', '1'], env)
    await log.hears('hello')
    expect((await baton(home, ['answer', '1', 'A'], env)).exitCode).toBe(0)
    const { exitCode, stdout } = await log.ended
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('done:')])
    expect(await baton(home, ['attach', '7'], env)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('error: There is no task 7.\n  The latest run has 1; --status lists them.'),
    })
  })

  it.runIf(HAS_TMUX)('shows it at a terminal in tmux, where nobody can type into it', async () => {
    const { home, env } = await atAQuestion()
    const log = startAtTerminal(home, ['attach', '1'], { env })
    await log.hears('hello')
    expect((await baton(home, ['skip', '1'], env)).exitCode).toBe(0)
    expect((await log.ended).exitCode).toBe(0)
    // The screen of tmux is gone with what it showed.
    expect(log.said()).toContain('Task 1 is skipped. Its log: baton logs 1')
  })

  it('says at a terminal that it is the log, where there is no tmux', async () => {
    const { home } = await atAQuestion()
    const log = startAtTerminal(home, ['attach', '1'], { env: withoutTmux(home) })
    await log.hears('tmux was not found, so this is the log of task 1. Ctrl-C leaves it; the task continues.')
    await log.hears('hello')
    log.type('\u0003')
    await log.ended
    const taken = await baton(home, ['takeover', '1'], withoutTmux(home))
    expect([taken.exitCode, taken.stderr]).toEqual([
      2,
      expect.stringMatching(/needs a terminal, or tmux, and tmux was not found\.[\s\S]*install tmux/),
    ])
    await status(home, isAsking)
  })
})

it('without tmux runs in the present terminal, and asks how it goes on', async () => {
  const { home } = await atAQuestion()
  const terminal = startAtTerminal(home, ['takeover', '1'], { env: withoutTmux(home) })
  await terminal.hears('You have taken over task 1')
  await terminal.hears('tmux was not found, so Claude opens in this terminal.')
  await status(home, isTaken)
  for (const until = performance.now() + PATIENCE_MS; inWindow(home).length === 0; )
    if (performance.now() > until) throw new Error(terminal.said())
  process.kill(inWindow(home)[0] ?? 0, 'SIGTERM')
  await terminal.hears('Is task 1 finished?')
  terminal.type('use A\r')
  await terminal.hears('Claude continues')
  expect((await terminal.ended).exitCode).toBe(0)
  await status(home, isAsking)
})
