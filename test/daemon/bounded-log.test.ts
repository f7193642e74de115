import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTaskLog } from '../../src/daemon/attempt/task-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-task-log-'))
let count = 0

function logFiles() {
  const base = join(folder, `${++count}`, 'task')
  return { logFile: `${base}.log`, rawFile: `${base}.jsonl` }
}

function open(files: ReturnType<typeof logFiles>, maxBytes: number, errors: Error[] = []) {
  return openTaskLog(files, {
    redact: (text) => text,
    redactRaw: (line) => line,
    now: () => 0,
    onError: (error) => errors.push(error),
    maxBytes,
  })
}

/** The lines of a raw log with what the note in it says was left out. */
function readRaw(file: string): { lines: string[]; leftOut: number } {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  const notes = lines.filter((line) => line.includes('baton_left_out'))
  expect(notes.length).toBeLessThanOrEqual(1)
  const leftOut = notes.map((note) => (JSON.parse(note) as { bytes: number }).bytes)[0] ?? 0
  return { lines: lines.filter((line) => !line.includes('baton_left_out')), leftOut }
}

describe('the logs of an attempt', () => {
  it('keep their beginning and their end, in whole lines, and say how much is missing between', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 120 })
    const processes = fc.array(sizes, { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(processes, fc.integer({ min: 2_000, max: 20_000 }), async (parts, maxBytes) => {
        const files = logFiles()
        const written: string[] = []
        for (const part of parts) {
          const log = open(files, maxBytes)
          for (const size of part) {
            const line = `${written.length} `.padEnd(size, 'x')
            written.push(line)
            await log.raw(Buffer.from(line))
          }
          await log.close()
        }
        const total = written.reduce((sum, line) => sum + line.length + 1, 0)
        const { lines, leftOut } = readRaw(files.rawFile)
        const kept = lines.reduce((sum, line) => sum + line.length + 1, 0)
        expect(kept + leftOut).toBe(total)
        expect(statSync(files.rawFile).size).toBeLessThanOrEqual(maxBytes + 100)
        const head = lines.findIndex((line, i) => line !== written[i])
        const first = head === -1 ? lines.length : head
        expect(lines.slice(first)).toEqual(written.slice(written.length - (lines.length - first)))
        if (leftOut === 0) expect(lines).toEqual(written)
        else expect(lines.at(-1)).toBe(written.at(-1))
      }),
      { numRuns: 60 },
    )
  })

  it('take a hundred megabytes without a warning, also of somebody who waits for nothing', async () => {
    const warnings: Error[] = []
    const hear = (warning: Error) => warnings.push(warning)
    process.on('warning', hear)
    const files = logFiles()
    const log = open(files, 4_000_000)
    const line = Buffer.from(JSON.stringify({ type: 'x', text: 'y'.repeat(100_000) }))
    for (let i = 0; i < 1_000; i++) {
      const room = log.raw(line)
      if (i % 10 === 0) await room
      log.line('z'.repeat(10_000))
    }
    await log.close()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', hear)
    expect(warnings).toEqual([])
    expect(statSync(files.rawFile).size).toBeLessThanOrEqual(4_000_000)
    expect(statSync(files.logFile).size).toBeLessThanOrEqual(4_000_000)
    expect(
      readFileSync(files.logFile, 'utf8').match(/^ +\.{3} \d+ bytes of this log omitted here \.{3}$/gm),
    ).toHaveLength(1)
    for (const file of [files.logFile, files.rawFile]) expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
  })

  it('hold nothing that steers a terminal', async () => {
    const files = logFiles()
    const log = open(files, 1_000_000)
    log.line('\x1b[2Jclear \x07 \u202eevil\r\nnext')
    await log.close()
    expect(readFileSync(files.logFile, 'utf8')).toMatch(
      /^[\d:]+ ⟦U\+001B⟧\[2Jclear ⟦U\+0007⟧ ⟦U\+202E⟧evil\n {9}next\n$/,
    )
  })

  it('never wait for who reads a pipe in their place', async () => {
    const files = logFiles()
    await open(files, 1_000).close()
    for (const file of [files.logFile, files.rawFile]) {
      rmSync(file)
      execFileSync('mkfifo', [file])
    }
    const errors: Error[] = []
    const log = open(files, 1_000, errors)
    log.line('lost')
    await log.raw(Buffer.from('lost'))
    await log.close()
    expect(errors).toHaveLength(1)
  })

  it('go on where a file of an older version was larger already', async () => {
    const files = logFiles()
    await open(files, 1_000).close()
    writeFileSync(files.rawFile, `${'old\n'.repeat(5_000)}`)
    const log = open(files, 1_000)
    await log.raw(Buffer.from('new'))
    await log.close()
    const { lines, leftOut } = readRaw(files.rawFile)
    expect(lines.at(-1)).toBe('new')
    expect(lines.length * 4 + leftOut).toBe(20_004)
  })
})
