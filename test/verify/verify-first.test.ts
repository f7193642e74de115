import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ATTEMPT_MARK } from '../../src/claude/process/environment.ts'
import { knownAttempts } from '../../src/daemon/known-attempts.ts'
import { openStore } from '../../src/store/store.ts'
import type { Home, OpenHome } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'

async function open(tasks: string, config = '', prepare = (_: Home) => {}) {
  const home = homeOfTest(tasks, config)
  prepare(home)
  home.repository()
  const reopen = async () => {
    const house = await home.open({
      change: ({ projects: [project] }) => {
        project.claude.command = [
          'sh',
          '-c',
          'tee -a "$0" | "$@"',
          join(home.dir, 'logs/told.txt'),
          ...project.claude.command,
        ]
      },
    })
    return house
  }
  return { home, house: await reopen(), reopen }
}
const task = (fields: string, instruction = 'rehearse: edit a.txt "one"') =>
  `## Task 1: Title 1\n${fields}**Claude Instruction:**\n${instruction}\n`
const FIRST = '**Verify First:** true\n'
const viewOf = (house: OpenHome) => {
  const { view } = house.runner.api
  return view.task(view.latestRun()?.id ?? '', 1)
}
/** All that Claude was told. */
const told = (home: Home) => (existsSync(join(home.dir, 'logs/told.txt')) ? home.read('logs/told.txt') : '')

describe('a task whose checks run first', () => {
  it('is done without Claude when they pass, notes it in the file, says it in the report, and commits nothing', async () => {
    const { home, house } = await open(
      task(`${FIRST}**Verify:**\n- test -f there.txt\n`),
      'commit: per-task\n',
      (home) => home.write('there.txt', ''),
    )
    const runId = await house.start()
    await house.rest()
    expect(viewOf(house)).toMatchObject({ status: 'done', attempts: 0, costUsd: 0, turns: 0 })
    expect(house.runner.api.view.latestRun()).toMatchObject({ status: 'done', counts: { done: 1 } })
    expect(home.read('tasks/today.md')).toContain('**Status:** done')
    expect(house.events.filter(({ type }) => type === 'note')).toEqual([])
    expect(told(home)).toBe('')
    expect((await house.artifacts.diff(viewOf(house)?.id ?? '')).ok).toBe(false)
    await house.runner.stop()
    expect(home.read(`logs/${runId}/report.md`)).toContain('All its checks passed before any work started')
    expect(readdirSync(join(home.dir, 'logs', runId))).toEqual(['report.md'])
  })

  it('begins Claude when they fail, and tells it which and what they print', async () => {
    const { home, house } = await open(task(`${FIRST}**Verify:**\n- cat a.txt || { echo no such luck; exit 3; }\n`))
    const runId = await house.start()
    await house.rest()
    expect(viewOf(house)).toMatchObject({ status: 'done', attempts: 1, proof: { checks: [{ ok: true }] } })
    expect(told(home)).toContain('do not pass yet')
    expect(told(home)).toContain('no such luck')
    expect(house.events.filter(({ type }) => type === 'task.started' || type === 'task.retrying')).toHaveLength(1)
    await house.runner.stop()
    expect(home.read(`logs/${runId}/report.md`)).toContain('its checks failed before it')
  })

  it('takes the default of the front matter, and the checks of the configuration', async () => {
    const { house } = await open(
      `---\nverify first: true\n---\n${task('')}`,
      'verify:\n  - name: there\n    run: test -f there.txt\n',
      (home) => home.write('there.txt', ''),
    )
    await house.start()
    await house.rest()
    expect(viewOf(house)).toMatchObject({ status: 'done', attempts: 0 })
  })

  it('checks again after a restart in the midst of it', async () => {
    const { home, house, reopen } = await open(
      task(`${FIRST}**Verify:**\n- echo x >> runs.txt; while ! test -f go.txt; do sleep 0.05; done\n`),
    )
    await house.start()
    await expect.poll(() => existsSync(join(home.dir, 'runs.txt'))).toBe(true)
    expect(viewOf(house)?.status).toBe('verifying')
    await house.runner.stop()
    home.write('go.txt', '')
    const again = await reopen()
    await again.rest()
    expect(home.read('runs.txt')).toBe('x\nx\n')
    expect(viewOf(again)).toMatchObject({ status: 'done', attempts: 0 })
  })

  it('knows what its first check starts as its own', async () => {
    const { home, house } = await open(
      task(`${FIRST}**Verify:**\n- printenv ${ATTEMPT_MARK} > mark.txt; while ! test -f go.txt; do sleep 0.05; done\n`),
    )
    await house.start()
    await expect.poll(() => existsSync(join(home.dir, 'mark.txt')) && home.read('mark.txt').trim()).toBeTruthy()
    const mark = home.read('mark.txt').trim()
    const store = openStore(join(home.dir, '.baton'))
    const known = knownAttempts(store.read)
    expect(known.isKnown(mark)).toBe(true)
    expect(known.working.map(({ id }) => id)).toEqual([mark])
    store.close()
    home.write('go.txt', '')
    await house.rest()
  })
})
