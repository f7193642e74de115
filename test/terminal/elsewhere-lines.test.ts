import { expect, it } from 'vitest'
import { elsewhereLines } from '../../src/terminal/show/elsewhere-lines.ts'

const NOW = new Date(2026, 10, 27, 12, 30).getTime()
const run = (session_id: string, completed_at: string | null = null) => ({
  ...{ session_id, project: 'web', status: completed_at === null ? 'waiting' : 'done', completed_at },
  ...{ completed_tasks: 1, total_tasks: 2, task_files: [] },
})
const asking = (title: string) => ({ shown: { title, text: '', mixed: [], questions: [] } })
const plain = { now: NOW, paint: (_: unknown, text: string) => text }

it('says of each other machine what it works on and asks, and how to look at it', () => {
  const machines = [
    { machine: 'office', sessions: [run('old', new Date(NOW).toISOString())], asks: [] },
    { machine: 'studio', sessions: [run('r1'), run('r2')], asks: [asking('Which \u001b[31mcolour?')] },
  ]
  expect(elsewhereLines(machines, plain)).toEqual([
    'On other machines',
    '  office: free',
    '  studio: web waiting, 1 of 2 tasks done  --run r1',
    '  studio: web waiting, 1 of 2 tasks done  --run r2',
    expect.stringMatching(/^ {4}asks: Which .*colour\?$/),
  ])
  expect(elsewhereLines(machines, plain).join('')).not.toContain('\u001b')
  expect(elsewhereLines([], plain)).toEqual([])
})

it('says how old that is, and does not show what a silent machine asked', () => {
  const silentSince = NOW - 20 * 60_000
  const machines = [{ machine: 'studio', sessions: [run('r1')], asks: [asking('Which colour?')], silentSince }]
  expect(elsewhereLines(machines, { ...plain, at: NOW - 10 * 60_000 })).toEqual([
    'On other machines (as of 12:20)',
    '  studio: web waiting, 1 of 2 tasks done; nothing heard of it since 12:10  --run r1',
  ])
})
