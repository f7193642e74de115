import { expect, test } from 'vitest'
import { planPrompt, repairPrompt } from '../../src/planner/prompt.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const request = { today: '2026-11-22', words: 'Add a login' }

test('says what day it is, what is asked for, and that the file is the whole answer', () => {
  const prompt = planPrompt(request)
  expect(prompt).toContain('Today is Sunday, 2026-11-22.')
  expect(prompt).toContain('~~~~\nAdd a login\n~~~~')
  expect(prompt.trimEnd()).toMatch(/Answer with the whole task file and nothing else.*$/)
})

test('shows a format that the reader of task files takes', () => {
  const [, format = ''] = /# The format\n\n([\s\S]*?)\n\n# Rules/.exec(planPrompt(request)) ?? []
  const { problems, specs } = parseTaskFile(format, 'tasks/x.md')
  expect(problems).toEqual([])
  expect(specs).toHaveLength(2)
})

test('shows note, former version and changes, each between marks that do not occur in it', () => {
  const prompt = planPrompt({
    ...request,
    note: { file: 'daily/2026-11-22.md', text: 'Goals\n~~~~\nnot the end\n' },
    before: { text: '# Tasks\n', changes: ['without docs'], pending: ['smaller tasks', 'tests first'] },
  })
  expect(prompt).toContain('# The note daily/2026-11-22.md\n\n~~~~~\nGoals\n~~~~\nnot the end\n~~~~~')
  expect(prompt).toMatch(/wrote it before\n\n~~~~\n# Tasks\n~~~~/)
  expect(prompt).toMatch(/is so in the file\n\n~~~~\nwithout docs\n~~~~/)
  expect(prompt).toMatch(/different now; all else stays\n\n~~~~\nsmaller tasks\n~~~~\n\n~~~~\ntests first\n~~~~/)
})

test('a repair shows the file and what is wrong with it', () => {
  const prompt = repairPrompt('# Tasks\n', ['tasks/x.md:3:1: no instruction'])
  expect(prompt).toContain('~~~~\n# Tasks\n~~~~')
  expect(prompt).toContain('- tasks/x.md:3:1: no instruction')
})
