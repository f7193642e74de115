import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Break, brokenBy, type Version } from '../break.ts'
import { inMemory } from '../disk/in-memory.ts'
import { missingStrace } from '../disk/record.ts'
import type { Row, RowRun } from '../row.ts'

const PROGRAMS = join(import.meta.dirname, '../programs')
const BATON = join(import.meta.dirname, '../../bin/baton.js')
/** Rows of each table in the old database. */
const ROUNDS = 40
/** Calls at which a program can be killed while it migrates. */
const CALLS = 'pwrite64,fdatasync,fsync,ftruncate,unlink'

/** What a program found in a state folder. */
interface Found {
  version?: number
  inbox?: number
  events?: number
  updates?: number
  deliveries?: number
  later?: number
  check?: string
  refused?: string
}

/** kill -9 while the database is brought to a new version, and an older program on a newer database. */
export const migrationRow: Row = {
  number: 14,
  title: 'kill -9 during a migration; an older program on a newer database',
  unit: 'kills',
  sizes: { test: 8, small: 20, large: 500 },
  missing: missingStrace,
  controls: [{ breaks: 'migrations are not whole', size: 30 }],
  async run(run) {
    const dir = mkdtempSync(join(inMemory(), 'baton-migration-'))
    try {
      const old = join(dir, 'old')
      makeOld(old)
      const calls = countCalls(old, join(dir, 'counted'), run.breaks)
      for (let i = 0; i < run.size && !run.isEnough(); i++) {
        const state = join(dir, 'state')
        cpSync(old, state, { recursive: true })
        killWhileOpening(run, state, calls)
        lookAt(run, state)
        rmSync(state, { recursive: true, force: true })
      }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

/** A database as the first version of the program left it. */
function makeOld(dir: string): void {
  const broken = brokenBy('the first version')
  mkdirSync(dir)
  execFileSync(process.execPath, [...broken.args, join(PROGRAMS, 'old-store-writer.ts'), dir, String(ROUNDS)], {
    env: { PATH: process.env.PATH, ...broken.env },
    stdio: 'ignore',
  })
}

function open(dir: string, version: Version | undefined, breaks?: Break): Found {
  const broken = brokenBy(version, breaks)
  const env = { PATH: process.env.PATH, ...broken.env }
  const out = execFileSync(process.execPath, [...broken.args, join(PROGRAMS, 'open-store.ts'), dir], { env })
  return JSON.parse(String(out)) as Found
}

function strace(options: string[], dir: string, breaks: Break | undefined): { signal: NodeJS.Signals | null } {
  const broken = brokenBy('a later version', breaks)
  const env = { PATH: process.env.PATH, ...broken.env }
  const program = [process.execPath, ...broken.args, join(PROGRAMS, 'open-store.ts'), dir]
  return spawnSync('strace', ['-f', '-qq', '-e', `trace=${CALLS}`, ...options, ...program], { env, stdio: 'ignore' })
}

function countCalls(old: string, dir: string, breaks: Break | undefined): number {
  cpSync(old, dir, { recursive: true })
  strace(['-o', `${dir}.log`], dir, breaks)
  return readFileSync(`${dir}.log`, 'utf8').trim().split('\n').length
}

function killWhileOpening(run: RowRun, dir: string, calls: number): void {
  const at = run.random.int(1, calls)
  const { signal } = strace(['-o', '/dev/null', '-e', `inject=${CALLS}:signal=SIGKILL:when=${at}`], dir, run.breaks)
  run.count(signal === 'SIGKILL' ? 'killed at a call to the disk' : 'was over before')
}

function lookAt(run: RowRun, dir: string): void {
  const after = open(dir, 'a later version', run.breaks)
  if (after.refused !== undefined) {
    run.fail(`it does not open after the kill: ${after.refused}`)
    return
  }
  if (after.check !== 'ok') run.fail(`the database is damaged: ${after.check}`)
  if ([after.inbox, after.events, after.updates, after.deliveries, after.later].some((count) => count !== ROUNDS))
    run.fail(`something of ${ROUNDS} each is lost: ${JSON.stringify(after)}`)
  const kept = readFileSync(join(dir, 'baton.db'))
  const older = open(dir, undefined)
  if (!/newer Baton.*Update Baton/.test(older.refused ?? '') || older.refused?.includes('\n'))
    run.fail(`an older program does not refuse it in one clear line: ${JSON.stringify(older)}`)
  if (!readFileSync(join(dir, 'baton.db')).equals(kept)) run.fail('an older program changed the newer database')
  run.count('refused by an older program')
  if (run.random.chance(0.2)) lookByCommand(run, dir)
}

/** The same through the command line. */
function lookByCommand(run: RowRun, dir: string): void {
  writeFileSync(join(dir, 'config.yaml'), 'state: .\n')
  const env = { PATH: process.env.PATH, HOME: dir }
  const said = spawnSync(process.execPath, [BATON, 'status', '--home', dir], { env, encoding: 'utf8' })
  if (said.status === 0 || !/newer Baton/.test(said.stderr) || /\n\s+at /.test(said.stderr))
    run.fail(`“baton status” on a newer database: exit ${said.status}, ${said.stderr || said.stdout}`)
  run.count('refused by the command')
}
