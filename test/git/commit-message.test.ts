import fc from 'fast-check'
import { expect, test } from 'vitest'
import { branchName, commitMessage } from '../../src/git/commit/commit-message.ts'
import { newRepository } from './support/playground.ts'

test('The template is filled once, on one first line, and unknown words stay', () => {
  const words = { title: 'Use {number}\nbraces', number: 3, run: 'r1', summary: 'Did it.\n\n- a\n- b\n' }
  expect(commitMessage('{title} ({number}, {run}) {other}\n\n{summary}', words)).toBe(
    'Use {number} braces (3, r1) {other}\n\nDid it.\n\n- a\n- b\n',
  )
  expect(commitMessage('{title}', { title: ' ' })).toBe('A task of Baton\n')
  expect(commitMessage('{constructor}{summary}', { summary: undefined })).toBe('{constructor}\n')
})

test('Whatever run and title are called, the branch has a name that git takes', () => {
  const { git } = newRepository()
  const names = fc.sample(fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat(), fc.string({ unit: 'grapheme' })), 15)
  for (const [run, number, title] of names) {
    for (const kind of ['per-run', 'per-task'] as const)
      git('check-ref-format', '--branch', branchName(kind, { run, number, title }))
  }
  expect(branchName('per-run', { run: '2026-11-21 a', number: 1, title: 'x' })).toBe('baton/2026-11-21-a')
  expect(branchName('per-task', { run: 'r1', number: 3, title: 'Add Ünïcode, please!' })).toBe(
    'baton/r1-3-add-unicode-please',
  )
})
