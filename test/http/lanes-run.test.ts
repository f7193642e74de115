import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aHome, REHEARSED, startBaton } from '../terminal/program.ts'

const TOKEN = 'token-of-a-test-0123456789abcdef'
const NOTE = 'echo "$BATON_HOOK $BATON_TASK $BATON_LANE $BATON_TASK_STATUS" >> "$HOME/hooks.txt"'

interface Shown {
  status: string
  in_progress_tasks: number
  completed_tasks: number
  tasks: { id: number; status: string; lane: number | null; branch: string | null; commit: string | null }[]
}

test('a run over HTTP has the lanes that it asks for, and starts what depends on a task once that has landed', async () => {
  const hooks = `hooks:\n  before_task: [${JSON.stringify(NOTE)}]\n  after_task: [${JSON.stringify(NOTE)}]\n`
  const home = aHome({ 'config.yaml': `http:\n  port: 0\nlanes: 4\n${REHEARSED}${hooks}`, '.gitignore': '*\n' })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: home.dir, encoding: 'utf8', stdio: 'pipe' })
  git('init', '-q')
  git('-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '-q', '--allow-empty', '-m', 'first')
  const daemon = startBaton(home, ['start'], { API_TOKEN: TOKEN })
  await daemon.hears('Dashboard: ')
  const url = /Dashboard: (http:\/\/[^/\s]+)/.exec(daemon.said())?.[1] ?? ''
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const call = async (path: string, body?: object) => {
    const more = body && { method: 'POST', body: JSON.stringify(body) }
    return (await fetch(`${url}${path}`, { headers, ...more })).json()
  }
  // Each works until it is let go.
  const act = (id: string) =>
    `rehearse: bash until test -e "$HOME/go-${id}"; do sleep 0.02; done; echo ${id} > ${id}.txt`
  const task = (id: string, dependencies: string[] = []) => ({ id, name: id, prompt: act(id), dependencies })
  const { session_id: id } = (await call('/api/orchestrate', {
    tasks: [task('a'), task('b', ['a']), task('c'), task('d')],
    auto_approve: true,
    max_parallel_agents: 2,
  })) as { session_id: string }
  const shown = async () => (await call(`/api/status/${id}`)) as Shown
  const states = async () => (await shown()).tasks.map(({ status }) => status)
  const become = (wanted: string[]) => expect.poll(states, { timeout: 20_000, interval: 20 }).toEqual(wanted)

  await become(['running', 'queued', 'running', 'queued'])
  expect(await shown()).toMatchObject({ in_progress_tasks: 2, completed_tasks: 0 })
  home.write('go-c', '')
  await become(['running', 'queued', 'done', 'running'])
  expect(await shown()).toMatchObject({ in_progress_tasks: 2, completed_tasks: 1 })
  home.write('go-a', '')
  await become(['done', 'running', 'done', 'running'])
  const { tasks } = await shown()
  expect(new Set(tasks.map(({ branch }) => branch)).size).toBe(4)
  // What b builds on is there.
  expect(git('ls-tree', '--name-only', String(tasks[1]?.branch)).split('\n')).toEqual(['a.txt', 'c.txt', ''])
  expect(git('merge-base', '--is-ancestor', String(tasks[0]?.commit), `baton/${id}/merged`)).toBe('')
  for (const one of ['b', 'd']) home.write(`go-${one}`, '')
  await become(['done', 'done', 'done', 'done'])
  const noted = () => (existsSync(join(home.dir, 'hooks.txt')) ? readFileSync(join(home.dir, 'hooks.txt'), 'utf8') : '')
  await expect.poll(() => noted().trim().split('\n'), { timeout: 10_000 }).toHaveLength(8)
  for (const number of [1, 2, 3, 4]) {
    expect(noted()).toMatch(new RegExp(`^before_task ${number} [12] $`, 'm'))
    expect(noted()).toMatch(new RegExp(`^after_task ${number} .*done$`, 'm'))
  }
})
