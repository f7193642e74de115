import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ReviewAnswer, readReview } from '../../../src/github/review/answer.ts'
import { carryOver } from '../../../src/github/review/carry-over.ts'
import type { KnownFinding, ReviewFinding } from '../../../src/github/review/finding.ts'
import { reviewQuestion } from '../../../src/github/review/question.ts'
import { inlineComment, reviewReport } from '../../../src/github/review/report.ts'
import { ATTACKS } from '../text/attacks.ts'
import { liveIn } from '../text/live.ts'

const HEAD = 'a'.repeat(40)
const finding = (line: number, more: Partial<ReviewFinding> = {}): ReviewFinding => ({
  path: 'src/x.ts',
  line,
  side: 'RIGHT',
  title: `Line ${line} divides by zero`,
  reason: 'With 0 it throws.',
  ...more,
})
const answer = (findings: ReviewAnswer['findings'], resolved: string[] = []): ReviewAnswer => ({ findings, resolved })
const byLine = ({ line }: ReviewFinding) => `text of ${line}`
const report = (known: KnownFinding[]) =>
  reviewReport({ head: HEAD, known, left: [], blobUrl: 'https://github.com/acme/app/blob' })

describe('the answer of a reviewer', () => {
  const raw = { path: './a.ts', line: 3, side: 'RIGHT', title: 'T', reason: 'R' }

  it('is read as far as it is one', () => {
    expect(readReview({ findings: [] })).toEqual({ findings: [], resolved: [] })
    const read = readReview({
      findings: [
        { ...raw, command: 'node x', start_line: 1, same_as: 'F1' },
        { ...raw, line: 0 },
        { ...raw, title: ' ' },
        'x',
        null,
      ],
      earlier: [{ id: 'F1', state: 'resolved' }, { id: 'F2', state: 'open' }, null, 7],
    })
    expect(read).toEqual({
      findings: [
        {
          path: 'a.ts',
          line: 3,
          side: 'RIGHT',
          title: 'T',
          reason: 'R',
          startLine: 1,
          command: 'node x',
          sameAs: 'F1',
        },
      ],
      resolved: ['F1'],
    })
  })

  it('never has more than five findings, and never throws', () => {
    const many = readReview({ findings: Array.from({ length: 9 }, () => raw) })
    expect(typeof many === 'string' ? many : many.findings.length).toBe(5)
    fc.assert(fc.property(fc.anything(), (value) => void readReview(value)))
    for (const value of [undefined, null, 'LGTM', { findings: 'none' }, { findings: [{}, { path: 'x' }] }])
      expect(typeof readReview(value)).toBe('string')
  })
})

describe('findings over ten pushes', () => {
  it('are posted once each, in whatever words they come again, and stay resolved', () => {
    let known: KnownFinding[] = []
    let posted = 0
    for (let push = 0; push < 10; push++) {
      const head = String(push).repeat(40)
      // Lines move with each push; the words change; the reviewer never stops finding them.
      const again = [1, 2, 3].map((n) => finding(n + push, { title: `In other words ${push}` }))
      const resolved = push === 4 ? ['F2'] : []
      const after = carryOver(known, answer(again, resolved), head, ({ line }) => `text of ${line - push}`)
      posted += after.fresh.length
      known = after.known
    }
    expect(posted).toBe(3)
    expect(known.map(({ id, state }) => `${id} ${state}`)).toEqual(['F1 open', 'F2 resolved', 'F3 open'])
  })

  it('are new where their line is another, and the same where the reviewer says so', () => {
    const first = carryOver([], answer([finding(1)]), HEAD, byLine)
    const second = carryOver(first.known, answer([finding(2), { ...finding(3), sameAs: 'F1' }]), HEAD, byLine)
    expect(second.fresh.map(({ id, line }) => [id, line])).toEqual([['F2', 2]])
    // The same line twice in one answer is one finding.
    expect(carryOver([], answer([finding(1), finding(1)]), HEAD, byLine).fresh.length).toBe(1)
    // Nothing is known of its line: its number counts.
    const blind = carryOver([], answer([finding(1), finding(9)]), HEAD, () => '')
    expect(blind.fresh.length).toBe(2)
  })

  it('do not fill the store', () => {
    let known: KnownFinding[] = []
    for (let push = 0; push < 40; push++) {
      const findings = [0, 1, 2, 3, 4].map((n) => finding(push * 5 + n + 1))
      known = carryOver(
        known,
        answer(
          findings,
          known.map(({ id }) => id),
        ),
        HEAD,
        byLine,
      ).known
    }
    expect(known.length).toBe(60)
    expect(new Set(known.map(({ id }) => id)).size).toBe(60)
  })
})

describe('the review comment', () => {
  const [known] = carryOver([], answer([finding(3)]), HEAD, byLine).known as [KnownFinding]

  it('says in one line that nothing was found', () => {
    expect(report([])).toBe('✓ Reviewed `aaaaaaaa`: nothing found.')
    expect(report([{ ...known, state: 'resolved' }])).toBe(
      '✓ Reviewed `aaaaaaaa`: nothing found; the earlier finding is resolved.',
    )
  })

  it('calls a bug only what Baton saw fail', () => {
    const shown = report([known, { ...known, demonstration: { command: 'node x.js', exitCode: 1, output: 'boom' } }])
    expect(shown).toContain('Reviewed `aaaaaaaa`: 1 bug, 1 remark open.')
    expect(shown).toContain('- **Remark** · [src/x.ts:3](https://github.com/acme/app/blob/')
    expect(shown).toMatch(
      /\*\*Bug\*\*[\s\S]*exit code 1:\n\n {2}```text\n {2}node x\.js\n {2}```\n\n {2}```text\n {2}boom/,
    )
    expect(inlineComment(known)).toBe('**Remark** · Line 3 divides by zero\n\nWith 0 it throws.')
  })

  it('gives only the title of what stands at its line', () => {
    expect(report([{ ...known, isInline: true }])).not.toContain('With 0 it throws.')
    expect(report([known])).toContain('  With 0 it throws.')
  })

  it('says what was too large', () => {
    const left = Array.from({ length: 7 }, (_, i) => ({ path: `big${i}.ts`, why: 'large' as const }))
    expect(reviewReport({ head: HEAD, known: [], left, blobUrl: 'x' })).toMatch(
      /nothing found\. Too large .* and 2 more\.$/,
    )
  })

  it.each(ATTACKS)('%s: is inert in it, and data in the question', (_, text) => {
    const evil = {
      ...known,
      ...{ path: text, title: text, reason: text },
      demonstration: { command: text, exitCode: 1, output: text },
    }
    // The address of a file has its line behind `#L`.
    expect(liveIn(report([evil]))).toEqual([])
    expect(liveIn(inlineComment(evil))).toEqual([])
    const shown = { text, left: [{ path: text, why: 'large' as const }] }
    let names = 0
    const question = reviewQuestion(
      { title: text, body: text, diff: shown, rules: [{ name: 'CLAUDE.md', text }], known: [evil] },
      () => `name${names++}`,
    )
    for (let i = 0; i < names; i++) {
      const marks = question
        .split('\n')
        .filter((line) => line.endsWith(`name${i} -----`) || line.includes(`begin name${i}: `))
      expect(marks.length).toBe(2)
    }
  })
})
