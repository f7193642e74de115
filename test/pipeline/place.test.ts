import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ownCeiling } from '../../src/claude/process/brand.ts'
import type { KillReport, Tree } from '../../src/claude/process/tree.ts'
import { createDeployPlaces, endDeployTree } from '../../src/pipeline/place.ts'
import { ESCAPES, ownSeconds } from '../claude/escapes.ts'

const NOTHING: KillReport = { killed: [], survivors: [] }
const STILL: KillReport = { killed: [], survivors: [{ pid: 77, command: 'ship --key hunter2' }] }

function places(end: (tree: Tree) => Promise<KillReport>) {
  const ending = new AbortController()
  const notes: string[] = []
  const lines: string[] = []
  const redact = (text: string) => text.replaceAll('hunter2', '***')
  const made = createDeployPlaces({
    ...{ env: { PATH: process.env.PATH }, redact, signal: ending.signal, end, againMs: 10 },
    redactOutput: () => ({ push: redact, end: () => '' }),
    note: (text) => notes.push(text),
  })
  const run = (name: string, command: string, timeoutMs = 0) =>
    made
      .placeIn(process.cwd(), name, (line) => lines.push(line))
      .run(command, { variables: { ENVIRONMENT: 'production' }, timeoutMs, signal: ending.signal })
  return { ...made, run, ending, notes, lines }
}

/** Whether a sleeper of that many seconds lives. */
const sleeps = (seconds: string) => {
  const { stdout } = spawnSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })
  return stdout.split('\n').some((row) => row.trimEnd().endsWith(`sleep ${seconds}`) && !row.startsWith('Z'))
}

describe.runIf(ownCeiling() !== undefined)('what the commands of a deployment start', () => {
  // What stays in the group of its command is ended with that.
  const away = Object.entries(ESCAPES).filter(([, getAway]) => getAway('1').includes('setsid'))
  for (const [name, getAway] of away)
    it(`is found by the next Baton, though it got away by ${name}`, async () => {
      const [id, seconds] = [randomUUID(), ownSeconds()]
      onTestFinished(() => void spawnSync('pkill', ['-9', '-f', `sleep ${seconds}`]))
      // As one that is killed: it ends nothing.
      const killed = places(async () => NOTHING)
      await killed.run(id, getAway(seconds))
      await vi.waitFor(() => expect(sleeps(seconds)).toBe(true))
      const next = places(endDeployTree)
      await next.quiet([id], 'production')
      expect(sleeps(seconds)).toBe(false)
      expect(next.notes).toEqual([])
    })
})

describe('what cannot be ended', () => {
  it('keeps everything from beginning, and people are told once, without secrets', async () => {
    let looks = 0
    const { quiet, notes } = places(async () => (++looks < 4 ? STILL : NOTHING))
    await quiet(['a-killed-deployment'], 'production')
    expect(looks).toBe(4)
    expect(notes).toEqual([
      'production: what its commands left cannot be ended, so nothing else starts there until it is gone: 77 ship --key ***',
    ])
  })

  it('keeps what comes after a command that ran out of time from beginning', async () => {
    let looks = 0
    const { run, lines, notes } = places(async (tree) => {
      await endDeployTree(tree)
      return ++looks < 3 ? STILL : NOTHING
    })
    expect(await run('one', 'sleep 300', 50)).toMatchObject({ ok: false, timedOut: true })
    expect({ looks, notes: notes.length, lines: lines.length }).toEqual({ looks: 3, notes: 1, lines: 1 })
  })

  it('is only told of where the command ended by itself: it may be what was deployed', async () => {
    const { run, lines, notes } = places(async () => STILL)
    expect(await run('one', 'true')).toMatchObject({ ok: true })
    expect(lines).toEqual(['! still there, and could not be ended: 77 ship --key ***'])
    expect(notes).toEqual([])
  })

  it('is waited for no longer than Baton lives', async () => {
    const { quiet, ending } = places(async () => STILL)
    const waits = quiet(['one'], 'production')
    ending.abort(new Error('Baton ends'))
    await expect(waits).rejects.toThrow()
  })
})
