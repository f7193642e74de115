import { expect, test } from 'vitest'
import { newMarks } from '../../src/taskfile/write/new-marks.ts'

const marks = (before: string | undefined, after: string) => newMarks(before, after).map(({ title }) => title)
const task = (title: string, status = '') => `## ${title}\n${status}**Claude Instruction:** x\n`
const DONE = '**Status:** done\n'

test('a mark that was there before is not new, whatever happens to the others', () => {
  expect(marks('- [x] a\n- [ ] b\n', '- [x] a\n- [x] b\n')).toEqual(['b'])
  expect(marks('- [x] a\n- [ ] b\n', '- [ ] new\n- [x] a\n- [ ] b\n')).toEqual([])
  expect(marks(task('Task 1: a', DONE), `${task('Task 2: b', DONE)}${task('Task 1: a', DONE)}`)).toEqual(['b'])
})

test('the mark of a task that took the number of one that was done is new', () => {
  expect(marks(task('Task 1: a', DONE), task('Task 1: b', DONE))).toEqual(['b'])
})

test('in a file that was not there before, every mark is new', () => {
  expect(marks(undefined, '- [x] a\n- [ ] b\n')).toEqual(['a'])
})
