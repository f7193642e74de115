import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { clearMark, writeMark } from '../../src/taskfile/write/mark.ts'

/** What happened; everything but the counts of what was tried must be zero. */
export interface Tally {
  tried: number
  torn: number
  lost: number
  refused: number
  /** Why, the last time. */
  problem?: string
  leftovers: number
}

const taskCount = 40
const instructionOf = (index: number) => `Instruction ${index}\n\n${`words of ${index} `.repeat(200)}`.trim()
const text = Array.from(
  { length: taskCount },
  (_, index) =>
    `## Task ${index + 1}: t${index}\n**Type:** x\n\n**Claude Instruction:**\n${instructionOf(index)}\n\n---\n\n`,
).join('')

/** Whether a text has all tasks whole, whatever is marked or added around them. */
export function isWhole(now: string): boolean {
  const { specs } = parseTaskFile(now, 'a.md')
  return specs.length === taskCount && specs.every(({ instruction }, index) => instruction === instructionOf(index))
}

/** Marks tasks while another process edits the file so many times, saving like different editors do. */
export function editWhileMarking(edits: number, random: () => number): Promise<Tally> {
  return withFile(async (path) => {
    const { specs } = parseTaskFile(text, 'a.md')
    const tally: Tally = { tried: 0, torn: 0, lost: 0, refused: 0, leftovers: 0 }
    const editor = start('editing-process.ts', path, String(edits))
    let seen = ''
    editor.stdout?.on('data', (data) => {
      seen += data
    })
    const ended = new Promise((resolve) => editor.once('close', resolve))
    let open = true
    void ended.then(() => {
      open = false
    })
    for (; open; tally.tried++) {
      const spec = specs[Math.floor(random() * taskCount)]!
      const written = await (random() < 0.3 ? clearMark(path, spec) : writeMark(path, spec, new Date()))
      if (!('problem' in written)) continue
      tally.refused++
      tally.problem = written.problem
    }
    const last = readFileSync(path, 'utf8')
    tally.torn = (seen.match(/^torn$/gm) ?? []).length + (isWhole(last) ? 0 : 1)
    const made = seen.match(/^Edit \d+\.$/gm) ?? []
    tally.lost = edits - made.length + made.filter((line) => !last.includes(`${line}\n`)).length
    tally.leftovers = readdirSync(join(path, '..')).length - 1
    return tally
  })
}

/** Kills a process that marks tasks all the time, at a random moment, and looks at what is left. */
export function killWhileMarking(kills: number, random: () => number): Promise<Tally> {
  return withFile(async (path) => {
    const tally: Tally = { tried: 0, torn: 0, lost: 0, refused: 0, leftovers: 0 }
    for (; tally.tried < kills; tally.tried++) {
      const child = start('marking-process.ts', path)
      await new Promise((resolve) => child.stdout?.once('data', resolve))
      await sleep(random() * 30)
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('close', resolve))
      if (!isWhole(readFileSync(path, 'utf8'))) tally.torn++
    }
    const [first] = parseTaskFile(text, 'a.md').specs
    if ('problem' in (await writeMark(path, first!, new Date()))) tally.refused++
    tally.leftovers = readdirSync(join(path, '..')).length - 1
    return tally
  })
}

function start(program: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function withFile<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-mark-'))
  const path = join(folder, 'tasks.md')
  writeFileSync(path, text)
  return work(path).finally(() => rmSync(folder, { recursive: true, force: true }))
}
