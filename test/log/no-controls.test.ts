import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { openTaskLog } from '../../src/daemon/attempt/task-log.ts'
import { openLog } from '../../src/log.ts'
import { receiptOf } from '../../src/proof/receipt.ts'
import { reportOf } from '../../src/proof/report.ts'
import { ask, attempt, run, task } from '../proof/sample.ts'

/** What steers a terminal or turns the direction of reading. Newline and tab are a reader's own. */
const STEERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

const HOSTILE = fc
  .array(
    fc.oneof(
      fc.constantFrom(...['\x1b[2J', '\x1b]0;title\x07', '\x1b]52;c;aWQ=\x07', '\x9b31m', '\r', '\x08', '\x7f', '\0']),
      fc.constantFrom(...['\u202e', '\u2066', '\u200f', '\u2028', '\u061c', 'a', '`', '|', '<', '\n', '\t', ' ']),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => `x${parts.join('')}`)

const folder = () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-no-controls-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
const filesOf = (dir: string) => readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'))

it("no line of a task's log steers, whatever an agent, a check or a branch says", async () => {
  const dir = folder()
  const log = openTaskLog(
    { logFile: join(dir, 'task.log'), rawFile: join(folder(), 'raw.jsonl') },
    { redact: (text) => text, redactRaw: (line) => line, now: () => 0, onError: () => {} },
  )
  fc.assert(fc.property(HOSTILE, (text) => void log.line(text)))
  await log.close()
  for (const text of filesOf(dir)) expect(text).not.toMatch(STEERS)
})

it("no line of Baton's own log steers, wherever in an entry the words stand, and each is JSON", async () => {
  const dir = folder()
  const { log, close } = await openLog({ dir, level: 'trace', redact: (text) => text })
  fc.assert(
    fc.property(HOSTILE, HOSTILE, (text, other) => {
      log.info({ [text]: other, err: new Error(text, { cause: new Error(other) }), list: [text] }, other)
      log.child({ branch: text }).warn(text)
    }),
  )
  close()
  for (const text of filesOf(dir)) {
    expect(text).not.toMatch(STEERS)
    for (const line of text.trimEnd().split('\n')) JSON.parse(line)
  }
})

/** Every text in it, however deep, but the keys, numbers and words of a fixed choice. */
function filled<T>(value: T, hostile: string, path = ''): T {
  if (typeof value === 'string') return (FIXED.test(path) ? value : `${value}${hostile}`) as T
  if (Array.isArray(value)) return value.map((one) => filled(one, hostile, path)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, hostile, key)])) as T
}
/** What is chosen from a list by Baton itself. */
const FIXED = /^(?:phase|state|result|kind|form|status|weight|outcome|priority)$/

it('no report steers, whatever stands in titles, names of files, people, answers, checks and patches', () => {
  fc.assert(
    fc.property(HOSTILE, (hostile) => {
      const one = task(1, 'A title', {
        proof: {
          files: [{ path: 'src/a.ts', change: 'M', added: 1, deleted: 1 }],
          checks: [{ name: 'test', command: 'npm test', ok: false, durationMs: 1, output: 'output' }],
          findings: [{ kind: 'own-file', weight: 'tell', text: 'a finding', path: 'a file', lasting: true }],
          text: 'words',
        } as never,
      })
      const receipt = receiptOf({ run, task: one, attempts: [attempt(1)], asks: [ask({})] })
      const full = filled(receipt, hostile)
      const report = reportOf({
        hide: (text) => text,
        run: filled(run, hostile),
        receipts: [full],
        patches: new Map([[1, `+${hostile}\n`]]),
      })
      expect(report.includes('x'), 'it is in there').toBe(true)
      expect(report).not.toMatch(STEERS)
    }),
  )
})
