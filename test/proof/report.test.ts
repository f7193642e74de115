import fc from 'fast-check'
import type { Nodes } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { expect, test } from 'vitest'
import type { Answer, Ask } from '../../src/core/types.ts'
import { receiptOf } from '../../src/proof/receipt.ts'
import { reportOf } from '../../src/proof/report.ts'
import { ask, asks, attempt, login, logout, patch, run, task } from './sample.ts'

const first = receiptOf({ run, task: login, attempts: [attempt(2), attempt(1, { outcome: 'failed' })], asks })
const second = receiptOf({ run, task: logout, attempts: [attempt(1)], asks: [] })

test('A receipt gathers the task, its proof, its attempts in order, and who answered what, where and after how long', () => {
  expect(first).toMatchObject({
    run: '2026-11-21-1',
    task: { number: 1, title: 'Add a login endpoint', type: 'backend', origin: { line: 12 } },
    result: 'done',
    approvedBy: { id: '4711', name: 'Anna' },
    tookMs: 540_000,
    // 12 to 16 and 14 to 18 minutes past: 6 minutes; the approval was before the task began.
    waitedMs: 360_000,
    attempts: [{ number: 1, outcome: 'failed' }, { number: 2 }],
    sentBack: 1,
  })
  expect(first.answers.map(({ kind, answer, by, waitedMs }) => [kind, answer, by.surface, waitedMs])).toEqual([
    ['approval', 'Approve', 'telegram', 540_000],
    ['permission', 'Allow', 'telegram', 240_000],
    ['question', 'How long? 30 days', 'http', 240_000],
  ])
  expect(JSON.parse(JSON.stringify(first))).toEqual(first)
})

test('A task that is not over, and one that was never begun, have a receipt too', () => {
  const open = receiptOf({
    run,
    task: task(4, 'Later', { phase: 'working' }),
    attempts: [],
    asks: [ask({ state: 'open', answer: undefined as never })],
  })
  expect(open).toMatchObject({ result: 'open', checks: [], flags: [] })
})

test('The report has a table of the tasks with links to each, its times in one zone, and the changes as far as there is room', () => {
  const report = reportOf({
    hide: (text) => text,
    run,
    receipts: [first, second],
    patches: new Map([[1, patch]]),
    maxPatchChars: 60,
    timeZone: 'Europe/Berlin',
  })
  expect(report).toContain('- **1 of 2 tasks** done\n- Started 2026-11-21 10:14 by anna (terminal)')
  expect(report).toContain('| 1 | [Add a login endpoint](#task-1) | ✅ done | 2 of 2 | 5 (+208 −3) | 9 min | $0.61 |')
  expect(report).toContain('❌ failed ⚠️ | 0 of 2 |')
  expect(report).toContain('|  | **Together** |  |  |  | **18 min** | **$1.22** |')
  expect(report).toContain('<a id="task-2"></a>')
  expect(report).toMatch(/```diff\ndiff --git[\s\S]*\n… cut here, \d+ characters more\n```/)
  expect(report).toContain(
    '| 2026-11-21 10:30 | permission: Run npm install bcrypt | Allow | Anna (Telegram), after 4 min |',
  )
})

test('The report shows every call that was allowed without asking, whole, and what was answered because nobody was there', () => {
  const granted = [
    { at: run.createdAt, tool: 'Bash', input: { command: 'rm -rf dist | true', description: 'Clean' } },
    { at: run.createdAt, tool: 'WebFetch', input: { url: 'https://example.com', prompt: 'Sum it up' } },
  ]
  const nobody = { surface: 'baton', id: 'baton', name: 'Baton, as nobody is there' } as const
  const [asked] = asks
  const alone = ask({ ...asked, answer: { ...(asked as Ask).answer, by: nobody } as Answer })
  const report = reportOf({
    hide: (text) => text,
    run,
    receipts: [receiptOf({ run, task: login, attempts: [attempt(1)], asks: [alone], granted })],
    patches: new Map(),
    timeZone: 'UTC',
  })
  expect(report).toContain('### Allowed without asking')
  expect(report).toContain('| Bash | `rm -rf dist \\| true` |')
  expect(report).toContain('| WebFetch | `{"url":"https://example.com","prompt":"Sum it up"}` |')
  expect(report).toMatch(/Baton, as nobody is there, after/)
})

test('Whatever files, commands, agents and people are called, the report keeps its shape', () => {
  const parse = (markdown: string) => unified().use(remarkParse).use(remarkGfm).parse(markdown)
  const shape = (node: Nodes): unknown =>
    node.type === 'html'
      ? node.value.replace(/<summary>.*<\/summary>/, '')
      : node.type === 'table'
        ? node.children.map((row) => row.children.length)
        : 'children' in node && node.type === 'root'
          ? node.children.map(shape)
          : node.type
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('</details>', '```', '| a | b |', '\n\n# H', '<script>', '[x](y)', '`', '\\|', '--->'),
  )
  const build = (word: string) => {
    const proof = {
      checks: [{ name: word, command: word, ok: false, durationMs: 5, output: `x${word}` }],
      criteria: [{ criterion: word, pass: true, evidence: word }],
      files: [{ path: word, change: 'R' as const, from: word }],
      flags: [word],
      gitWrites: [word],
      commit: word,
    }
    const subject = task(
      1,
      word,
      { proof, result: `x${word}`, attempts: 1 },
      { type: word, origin: { source: 'files', ref: word, file: word, line: 1, form: 'section' } },
    )
    const by = { surface: 'telegram' as const, id: word, name: word }
    const answered = ask({ title: word, answer: { choice: 'allow', text: word, by, at: 0, hash: 'h' } })
    const receipt = receiptOf({ run, task: subject, attempts: [], asks: [answered] })
    return shape(
      parse(
        reportOf({
          hide: (text) => text,
          run: { ...run, id: word, files: [word], reason: word },
          receipts: [receipt],
          patches: new Map([[1, word]]),
        }),
      ),
    )
  }
  const usual = build('word')
  fc.assert(
    fc.property(
      hostile.filter((word) => word.trim() !== ''),
      (word) => {
        expect(build(word)).toEqual(usual)
      },
    ),
    { numRuns: 100 },
  )
})

test('What must not be shown is hidden where only the signs of bold words and code keep it from being found', () => {
  const hide = (text: string) => text.replaceAll('secret-key', '•')
  const word = 'sec**ret**-`key`'
  const proof = { checks: [], criteria: [{ criterion: word, pass: true, evidence: word }] }
  const told = task(1, 'Tell', { proof, result: `# A ${word}\n\n- the ${word} is **fine**\n`, attempts: 1 })
  const receipt = receiptOf({ run, task: told, attempts: [], asks: [] })
  const report = reportOf({ run, receipts: [receipt], hide })
  expect(report).not.toMatch(/ret\*\*|`key`/)
  expect(report).toContain('> A •\n>\n> • the • is fine')
  expect(report).toContain('| ✅ | • | • |')
})

test.each([
  ['a heading with two marks', '# Done with sec**ret**`-key`'],
  ['emphasis', 'It is *sec*ret-_key_'],
  ['a link by name', 'so sec[ret][docs]-key on\n\n[docs]: https://example.org/docs'],
  ['a table', '| Key |\n| --- |\n| sec~~ret~~-key |'],
  ['a list in a quotation', '> 1. sec***ret***-key'],
])('A report shows nothing that Markdown takes apart: %s', (_, result) => {
  const hide = (text: string) => text.replaceAll('secret-key', '•')
  const told = task(1, 'Tell', { result, attempts: 1 })
  const report = reportOf({ run, receipts: [receiptOf({ run, task: told, attempts: [], asks: [] })], hide })
  expect(report).toContain('•')
  expect(report).not.toMatch(/ret|-key/)
})
