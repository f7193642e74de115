import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openStore } from '../../src/store/store.ts'
import { brokenBy } from '../break.ts'
import { createDisk, LOSSES } from '../disk/disk.ts'
import { inMemory } from '../disk/in-memory.ts'
import { type DiskCall, missingStrace, readLog, record } from '../disk/record.ts'
import type { Row, RowRun } from '../row.ts'

const PROGRAM = join(import.meta.dirname, '../programs/store-writer.ts')
const ROUNDS = 150
const TASKS = 30

/** A power cut at any moment: what was promised is there, whatever of the rest has reached the disk. */
export const powerCutRow: Row = {
  number: 2,
  title: 'power cut: replay of the log of writes and flushes',
  unit: 'cuts',
  sizes: { test: 150, small: 300, large: 5_000 },
  missing: missingStrace,
  controls: [
    { breaks: 'flushes are normal', size: 300 },
    { breaks: 'flushes are off', size: 300 },
    { breaks: 'marks are not flushed', size: 300 },
  ],
  async run(run) {
    const dir = mkdtempSync(join(tmpdir(), 'baton-power-'))
    try {
      const state = join(dir, 'state')
      const tasks = Array.from(
        { length: TASKS },
        (_, i) => `## Task ${i + 1}: Job ${i + 1}\n**Claude Instruction:**\nDo it.\n`,
      ).join('\n')
      mkdirSync(state)
      writeFileSync(join(state, 'tasks.md'), tasks)
      const broken = brokenBy(run.breaks)
      const command = [process.execPath, ...broken.args, PROGRAM, state, String(ROUNDS)]
      record(join(dir, 'log'), command, { PATH: process.env.PATH, ...broken.env })
      await replay(run, state, join(dir, 'log'), tasks)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

/** Goes through the log once and cuts the power at random places on the way. */
async function replay(run: RowRun, state: string, log: string, tasks: string): Promise<void> {
  const calls: DiskCall[] = []
  for await (const call of readLog(log)) calls.push(call)
  const first = calls.findIndex((call) => call.do === 'open' && call.path.startsWith(state))
  const places = Array.from({ length: run.size }, () => run.random.int(first, calls.length)).sort((a, b) => a - b)
  const disk = createDisk(state, new Map([[join(state, 'tasks.md'), Buffer.from(tasks)]]))
  const promised: string[] = []
  const cutAt = (place: number) => {
    while (places[0] === place && !run.isEnough()) {
      places.shift()
      const loss = run.random.pick(LOSSES)
      run.count(`lost: ${loss}`)
      for (const fault of lookAt(state, disk.cut(loss, run.random), promised))
        run.fail(`${fault} (cut at ${place}, ${loss})`)
    }
  }
  for (const [i, call] of calls.entries()) {
    cutAt(i)
    disk.apply(call)
    if (call.do === 'write' && call.fd === 1) promised.push(...call.bytes.toString().trim().split('\n'))
  }
  cutAt(calls.length)
  run.count('changes promised', promised.length)
  run.count('calls in the log', calls.length)
}

/** Opens what the cut left, as the next start would, and looks for what was promised. */
function lookAt(state: string, files: ReadonlyMap<string, Buffer>, promised: readonly string[]): string[] {
  const dir = mkdtempSync(join(inMemory(), 'baton-after-'))
  try {
    for (const [path, bytes] of files) {
      const file = join(dir, path.slice(state.length))
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, bytes)
    }
    return [...storeFaults(dir, promised), ...fileFaults(dir, promised)]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function storeFaults(dir: string, promised: readonly string[]): string[] {
  try {
    const store = openStore<unknown>(dir)
    try {
      const rows = store.db.prepare('SELECT key, handled_at FROM inbox').all()
      const put = new Set(rows.map((row) => String(row.key)))
      const handled = new Set(rows.filter((row) => row.handled_at !== null).map((row) => String(row.key)))
      const events = new Set(store.read.events({ limit: 100_000 }).map((event) => event.text))
      const check = String(store.db.prepare('PRAGMA integrity_check').get()?.integrity_check)
      return [
        ...(check === 'ok' ? [] : [`the database is damaged: ${check}`]),
        ...[...handled].filter((key) => !events.has(`did ${key.slice(4)}`)).map((key) => `${key} is half stored`),
        ...promised.flatMap((promise) => {
          const [what, i] = promise.split(' ')
          if (what === 'put' && !put.has(`act-${i}`)) return [`lost: ${promise}`]
          return what === 'did' && !events.has(promise) ? [`lost: ${promise}`] : []
        }),
      ]
    } finally {
      store.close()
    }
  } catch (error) {
    return [`the database does not open: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function fileFaults(dir: string, promised: readonly string[]): string[] {
  let text: string
  try {
    text = readFileSync(join(dir, 'tasks.md'), 'utf8')
  } catch {
    return ['the task file is gone']
  }
  const whole = text.split(/^## /m).length - 1
  return [
    ...(whole === TASKS && text.endsWith('Do it.\n') ? [] : ['the task file is torn']),
    ...promised.flatMap((promise) => {
      const [what, i] = promise.split(' ')
      if (what !== 'marked') return []
      return new RegExp(`## Task ${i}: Job ${i}\\n\\*\\*Status:\\*\\* done`).test(text) ? [] : [`lost: ${promise}`]
    }),
  ]
}
