import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { markDone, unmark } from '../../src/taskfile/write/mark.ts'
import { hostileText, writtenFile } from './hostile.ts'

const at = new Date('2026-11-21T09:14:59.999Z')
const line = '**Status:** done 2026-11-21T09:14Z'
const specsOf = (text: string) => parseTaskFile(text, 'a.md').specs
const marked = (text: string, index = 0) => textOf(markDone(text, specsOf(text)[index]!, at))
const textOf = (edited: { text: string } | { problem: string }) => {
  if ('problem' in edited) throw new Error(edited.problem)
  return edited.text
}

describe('the mark of a done task', () => {
  it.each([
    [
      'under the last field above the instruction',
      '## Task 1: a\n**Type:** x\n\n**Claude Instruction:**\ny\n',
      `## Task 1: a\n**Type:** x\n${line}\n\n**Claude Instruction:**\ny\n`,
    ],
    [
      'right above the instruction when a list is last',
      '## Task 1: a\n**Verify:**\n- b\n\n**Claude Instruction:** y',
      `## Task 1: a\n**Verify:**\n- b\n\n${line}\n**Claude Instruction:** y`,
    ],
    [
      'right above the instruction when it is the only field',
      '## a\n\n**Claude Instruction:**\ny\n**Type:** z\n',
      `## a\n\n${line}\n**Claude Instruction:**\ny\n**Type:** z\n`,
    ],
    ['above Run', '## a\n**Run:** x\n**Type:** z', `## a\n${line}\n**Run:** x\n**Type:** z`],
    ['in the place of an older one', '## a\n  **status**: done long ago\n**Run:** x\n', `## a\n${line}\n**Run:** x\n`],
    ['in the place of one on two lines', '## a\n**Status:**\npending\n**Run:** x\n', `## a\n${line}\n**Run:** x\n`],
    [
      'with the line ending of its place',
      '\ufeff## a\r\n**Type:** x\r\n**Run:** x\r\n',
      `\ufeff## a\r\n**Type:** x\r\n${line}\r\n**Run:** x\r\n`,
    ],
    ['below an underlined heading', 'a\n---\n**Run:** x\n', `a\n---\n${line}\n**Run:** x\n`],
  ])('stands %s', (_, text, expected) => {
    expect(marked(text)).toBe(expected)
  })

  it('is a tick in a check box', () => {
    expect(marked('- [x] a\r\n- [ ] b\r\n  - [ ] c', 1)).toBe('- [x] a\r\n- [x] b\r\n  - [ ] c')
    expect(marked('1) [\t] a')).toBe('1) [x] a')
  })

  it('makes exactly that task done, and leaves every other byte and every instruction as it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          writtenFile.map(({ text }) => text),
          hostileText,
        ),
        fc.nat(),
        (text, pick) => {
          const before = specsOf(text)
          const index = before.length === 0 ? -1 : pick % before.length
          const wanted = before[index]
          const edited = wanted && markDone(text, wanted, at)
          // A file of errors may have a task twice; it is then refused, and never written wrongly.
          if (!edited || 'problem' in edited) return
          const after = specsOf(edited.text)
          expect(after.map(({ instruction }) => instruction)).toEqual(before.map(({ instruction }) => instruction))
          expect(after.map(({ done }) => done)).toEqual(before.map(({ done }, at) => at === index || done))
          expect(markDone(edited.text, wanted, at)).toEqual(edited)

          if (wanted.origin.form === 'checkbox') expect(edited.text.length).toBe(text.length)
          else if (!/status/i.test(text)) {
            const from = edited.text.indexOf(line)
            const [above, below] = [edited.text.slice(0, from), edited.text.slice(from + line.length)]
            const rest =
              below === '' ? above.replace(/(?:\r\n|\n|\r)$/, '') : above + below.replace(/^(?:\r\n|\n|\r)/, '')
            expect(rest).toBe(text)
            expect(textOf(unmark(edited.text, wanted))).toBe(text)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('leaves no line behind at the end of a file that ends without one', () => {
    const text = '## Task 2: y'
    const [wanted] = specsOf(text)
    const done = textOf(markDone(text, wanted!, at))
    expect([done, textOf(unmark(done, wanted!))]).toEqual([`${text}\n${line}`, text])
  })

  it('is written for every task of every file that is right', () => {
    fc.assert(
      fc.property(writtenFile, ({ text, tasks }) => {
        const all = specsOf(text)
        const result = all.reduce((current, spec) => textOf(markDone(current, spec, at)), text)
        expect(specsOf(result).map(({ done }) => done)).toEqual(tasks.map(() => true))
        expect(result.split(line)).toHaveLength(tasks.length + 1)
      }),
      { numRuns: 100 },
    )
  })
})

describe('taking the mark away', () => {
  it('removes the line or the tick, and nothing where there is none', () => {
    const text = '## a\n**Type:** x\n**Run:** y\n\n## b\n**Status:** open\n**Run:** z\n'
    const [a, b] = specsOf(text)
    expect(textOf(unmark(textOf(markDone(text, a!, at)), a!))).toBe(text)
    expect(textOf(unmark(text, a!))).toBe(text)
    expect(textOf(unmark(text, b!))).toBe(text)
    expect(textOf(unmark('- [X] a', specsOf('- [ ] a')[0]!))).toBe('- [ ] a')
  })
})

describe('a task in a file that the user changed meanwhile', () => {
  const text =
    '## Task 1: a\n**Claude Instruction:** first\n\n## Task 2: b\n**Claude Instruction:** second\n\n## c\n**Claude Instruction:** third\n'
  const [first, second, third] = specsOf(text)
  const doneIn = (now: string, spec = second!) => {
    const edited = markDone(now, spec, at)
    return 'problem' in edited
      ? edited.problem
      : specsOf(edited.text).flatMap(({ origin, done }) => (done ? origin.ref : []))
  }

  it('is found where it was moved to, also under another number', () => {
    expect(doneIn(text.replace('## Task 1: a', 'new words\n\n## Task 1: a'))).toEqual(['Task 2'])
    expect(
      doneIn('## Task 1: b\n**Claude Instruction:** second\n\n## Task 2: a\n**Claude Instruction:** first\n'),
    ).toEqual(['Task 1'])
    expect(doneIn(text.replaceAll('Task 2', 'Task 12'))).toEqual(['Task 12'])
  })

  it('is found with other words in its instruction or its title, but not in both', () => {
    expect(doneIn(text.replace('second', 'more'))).toEqual(['Task 2'])
    expect(doneIn(text.replace('2: b', '2: better'))).toEqual(['Task 2'])
    expect(doneIn(text.replace('## c', '## d'), third)).toEqual(['d'])
    expect(doneIn(text.replace('2: b', '2: other').replace('second', 'more'))).toContain('no longer exists')
  })

  it('is not mistaken for one that took its number', () => {
    expect(
      doneIn(text.replace('## Task 2: b\n**Claude Instruction:** second\n', '').replace('## c', '## Task 2: c')),
    ).toContain('no longer exists')
    expect(doneIn('- [ ] a\n', first)).toContain('no longer exists')
    expect(doneIn('', first)).toContain('no longer exists')
  })

  it('is not guessed when there are several like it', () => {
    expect(doneIn(`${text}## Task 2: b\n**Claude Instruction:** more\n`.replace('second', 'other'))).toContain(
      'several',
    )
    const boxes = specsOf('- [ ] a\n- [ ] a\n')
    expect(doneIn('- [x] a\n- [ ] a\n', boxes[1])).toEqual(['a', 'a (2)'])
  })

  it.each([
    [
      'the same instruction under two other names',
      '## b\n**Claude Instruction:** x\n',
      '## c\n**Claude Instruction:** x\n## d\n**Claude Instruction:** x\n',
      0,
      'several',
    ],
    ['another task that runs commands, too', '## b\n**Run:** x\n', '## c\n**Run:** x\n', 0, 'no longer exists'],
    [
      'the first of two of one name, where the second is gone',
      '## a\n**Claude Instruction:** x\n## a\n**Claude Instruction:** y\n',
      '## a\n**Claude Instruction:** x\n',
      1,
      'no longer exists',
    ],
  ])('is not taken for %s', (_, before, after, index, problem) => {
    const wanted = specsOf(before)[index]
    expect(wanted && markDone(after, wanted, at)).toEqual({ problem: expect.stringContaining(problem) })
  })
})
