import { expect, test } from 'vitest'
import { dayOf, freeName } from '../../src/planner/file-name.ts'

test.each([
  ['# Tasks - 2026-11-24\n', '2026-11-24'],
  ['---\nmodel: opus\n---\n# Tasks - 2026-11-22\n', '2026-11-22'],
  ['# Tasks\n', '2026-11-22'],
  ['# Tasks - 2026-11-21\n', '2026-11-22'],
  ['# Tasks - 2029-01-01\n', '2026-11-22'],
  ['# Tasks - 2026-19-45\n', '2026-11-22'],
  ['# Tasks\n\n## Task 1: See 2026-11-25\n', '2026-11-22'],
])('the day of %j is %s', (text, day) => {
  expect(dayOf(text, '2026-11-22')).toBe(day)
})

test.each([
  [['tasks/*.md'], 'tasks/2026-11-22.md'],
  [['./tasks/web/*.md'], 'tasks/web/2026-11-22.md'],
  [['tasks/todo.md', 'lists/**/*.md'], 'lists/2026-11-22.md'],
  [['tasks/todo.md'], 'tasks/2026-11-22.md'],
  [['*.md'], '2026-11-22.md'],
  [['tasks/{a,b}*.md', 'x/*.txt'], 'tasks/2026-11-22.md'],
  [[], 'tasks/2026-11-22.md'],
])('a plan for %j is called %s', (patterns, name) => {
  expect(freeName(patterns, '2026-11-22', { text: '', isTaken: () => false })).toBe(name)
})

test.each([
  [
    '# Tasks\n\n## Task 1: Add a login endpoint\n',
    ['tasks/2026-11-22-add-a-login-endpoint.md', 'tasks/2026-11-22-add-a-login-endpoint-2.md'],
  ],
  [
    '# Tasks\n\n## Rate limits & quotas\n',
    ['tasks/2026-11-22-rate-limits-quotas.md', 'tasks/2026-11-22-rate-limits-quotas-2.md'],
  ],
  [`# Tasks\n\n## Task 1.1 - ${'long '.repeat(20)}\n`, ['tasks/2026-11-22-long-long-long-long-long-long-long-long.md']],
  ['# Tasks\n\n## Task 1: 写测试\n', ['tasks/2026-11-22-2.md', 'tasks/2026-11-22-3.md']],
  ['', ['tasks/2026-11-22-2.md', 'tasks/2026-11-22-3.md']],
])('where the bare name is taken, a plan is called by its first task: %j', (text, names) => {
  const taken = new Set(['tasks/2026-11-22.md'])
  for (const name of names) {
    expect(freeName(['tasks/*.md'], '2026-11-22', { text, isTaken: (one) => taken.has(one) })).toBe(name)
    taken.add(name)
  }
})
