import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { branded, brandOf, ownCeiling, USUAL_LIMIT } from '../../src/claude/process/brand.ts'
import { findProcess } from '../../src/claude/process/process-list.ts'
import { findTree, killTree, type Tree } from '../../src/claude/process/tree.ts'
import { ESCAPES, ownSeconds } from './escapes.ts'

const canBrand = ownCeiling() !== undefined
const why = canBrand ? '' : ' (skipped: no prlimit, or no /proc with limits)'

/** Sleepers of that many seconds, as the system lists them. */
function sleepers(seconds: string): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,stat=,args=']).toString().split('\n')
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, state = '', ...args]) => !state.startsWith('Z') && args.join(' ').endsWith(`sleep ${seconds}`))
    .map(([pid]) => Number(pid))
}

/** Runs a script to its end as an attempt does, and waits until what it leaves is there. */
async function leave(script: string, seconds: string, attemptId: string, isBranded: boolean): Promise<Tree> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, BATON_ATTEMPT: attemptId }
  const command = ['/bin/sh', '-c', `${script}\nread -r word`]
  const [file = '', ...args] = isBranded ? branded(command, attemptId, env) : command
  const child = spawn(file, args, { env, stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  onTestFinished(() => {
    for (const pid of sleepers(seconds)) process.kill(pid, 'SIGKILL')
  })
  const info = await findProcess(child.pid as number)
  while (sleepers(seconds).length === 0) await sleep(20)
  child.stdin?.end('on\n')
  await once(child, 'exit')
  // Long enough for everything in between to be gone.
  while ((await findProcess(child.pid as number)) !== undefined) await sleep(10)
  await sleep(200)
  return { attemptId, ...(info && { pid: info.pid, startedAt: info.startedAt, since: info.order }) }
}

describe.runIf(canBrand)(`a brand${why}`, () => {
  it('is a number of the attempt, below the limit of who gives it and never too low to work with', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: USUAL_LIMIT }), (id, ceiling) => {
        const brand = brandOf(id, ceiling)
        if (brand === undefined) return ceiling < 420_000
        return brand < ceiling && brand >= 409_600 && brand === brandOf(id, ceiling)
      }),
    )
  })

  it('changes nothing else of what is started: its words, its exit code, what it is when it is not there', () => {
    const env = { ...process.env, PATH: '/usr/local/bin:/usr/bin:/bin' }
    const start = (...command: string[]) => {
      const [file = '', ...args] = branded(command, 'an attempt', env)
      return spawnSync(file, args, { encoding: 'utf8', env })
    }
    expect(start('printf', '%s|', '--', '-x', 'a b', '').stdout).toBe('--|-x|a b||')
    expect(start('sh', '-c', 'exit 7').status).toBe(7)
    expect(start('no-such-program-at-all').error).toMatchObject({ code: 'ENOENT' })
    expect(start('/etc/passwd').error).toMatchObject({ code: 'EACCES' })
  })

  for (const [name, getAway] of Object.entries(ESCAPES)) {
    it(`finds and ends what got away by ${name}`, async () => {
      const [attemptId, seconds] = [randomUUID(), ownSeconds()]
      const tree = await leave(getAway(seconds), seconds, attemptId, true)
      expect(sleepers(seconds)).toHaveLength(1)
      const { killed, survivors } = await killTree(tree, { graceMs: 300 })
      expect(killed.map(({ command }) => command).join()).toContain(`sleep ${seconds}`)
      expect({ survivors, left: sleepers(seconds) }).toEqual({ survivors: [], left: [] })
    })

    it(`control: by the mark alone it stays hidden: ${name}`, async () => {
      const [attemptId, seconds] = [randomUUID(), ownSeconds()]
      const { attemptId: id } = await leave(getAway(seconds), seconds, attemptId, false)
      expect(await findTree({ attemptId: id as string })).toEqual([])
      expect(sleepers(seconds)).toHaveLength(1)
    })
  }

  it("leaves the user's own processes alone, and those of another attempt", async () => {
    const [mine, theirs] = [ownSeconds(), ownSeconds()]
    const own = spawn('sleep', [mine], { stdio: 'ignore', detached: true })
    await leave(ESCAPES['two forks']?.(theirs) ?? '', theirs, randomUUID(), true)
    onTestFinished(() => void own.kill('SIGKILL'))
    const tree = await leave('sleep 0 &', theirs, randomUUID(), true)
    expect(await killTree(tree, { graceMs: 50 })).toEqual({ killed: [], survivors: [] })
    expect({ mine: sleepers(mine).length, theirs: sleepers(theirs).length }).toEqual({ mine: 1, theirs: 1 })
  })
})
