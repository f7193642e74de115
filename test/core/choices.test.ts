import { expect, it } from 'vitest'
import { choicesOf } from '../../src/core/asks/choices.ts'
import type { Option, Question } from '../../src/core/types.ts'

const other: Option[] = [{ choice: 'answer', label: 'Other…' }]
const colour: Question = { question: 'Colour?', options: [{ label: 'Red' }, { label: 'Blue' }], multiSelect: false }

it("offers what Claude offers before Other…, and an ask's own options where Claude offers nothing", () => {
  expect(choicesOf({ options: other, questions: [colour] }).map(({ label }) => label)).toEqual([
    'Red',
    'Blue',
    'Other…',
  ])
  const approval: Option[] = [{ choice: 'approve', label: 'Approve' }]
  expect(choicesOf({ options: approval })).toEqual(approval)
})

it('offers no single pick for several questions, for it would answer none of them', () => {
  expect(choicesOf({ options: other, questions: [colour, { ...colour, question: 'And the other?' }] })).toEqual(other)
})
