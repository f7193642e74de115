import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ownCeiling } from '../../src/claude/process/brand.ts'
import { ESCAPES, ownSeconds } from '../claude/escapes.ts'
import { homeOfTest } from '../support/home-of-test.ts'

async function run(
  tasks: string,
  config: string,
  env: Record<string, string> = {},
  files: Record<string, string> = {},
) {
  const home = homeOfTest(tasks, config)
  for (const [name, text] of Object.entries(files)) home.write(name, text)
  const house = await home.open({ env })
  await house.start()
  await house.rest()
  return { home, house }
}

const OUTSIDE = { DATABASE_URL: 'of the user', AWS_SESSION: 'for Claude', OTHER: 'nobody asked', API_TOKEN: 'a secret' }

it.each([
  ['a check of the configuration', '## Task 1: One\n**Run:**\n- touch done\n', 'DATABASE_URL AWS_SESSION'],
  ['a check of the task', '## Task 1: One\n**Run:**\n- touch done\n\n**Verify:**\n- env > own\n', 'AWS_SESSION'],
  ['a command of the task', '## Task 1: One\n**Run:**\n- env > own\n', 'AWS_SESSION'],
])('%s sees the clean environment of Claude, and only what was named beside it', async (_, tasks, expected) => {
  const file = tasks.includes('own') ? 'own' : 'configured'
  const config = 'verify:\n  - name: looks\n    run: env > configured\n    env: [DATABASE_URL]\n'
  const { home, house } = await run(tasks, config, OUTSIDE)
  expect(house.status()).toEqual(['done'])
  const seen = home
    .read(file)
    .split('\n')
    .map((line) => line.split('=')[0])
  expect(
    Object.keys(OUTSIDE)
      .filter((name) => seen.includes(name))
      .join(' '),
  ).toBe(expected)
  expect(seen).toEqual(expect.arrayContaining(['PATH', 'HOME', 'BATON_ATTEMPT']))
})

const ways = Object.entries(ESCAPES).slice(0, ownCeiling() === undefined ? 1 : undefined)
it.each(ways)('a check, and a command of a task, leave nothing behind: %s', async (_, getAway) => {
  const [first, second] = [ownSeconds(), ownSeconds()]
  const lives = (seconds: string) => execFileSync('ps', ['-eo', 'args=']).toString().includes(`sleep ${seconds}`)
  onTestFinished(() => {
    expect({ first: lives(first), second: lives(second) }).toEqual({ first: false, second: false })
  })
  const leave = (seconds: string) =>
    `${getAway(seconds)}\nuntil ps -eo args= | grep -v grep | grep -q "sleep ${seconds}"; do sleep 0.05; done\n`
  const { house } = await run(
    '## Task 1: One\n**Run:**\n- sh first.sh\n\n**Verify:**\n- sh second.sh\n',
    '',
    {},
    { 'first.sh': leave(first), 'second.sh': leave(second) },
  )
  expect(house.status()).toEqual(['done'])
})

it.each([
  ['stops at the first failure', 'cd missing\n      rm -f *\n      true', 'failed', true],
  ['is one script', 'cd sub\n      rm -f *\n      test "$(basename "$PWD")" = sub', 'done', false],
])('a check of several lines in the configuration %s', async (_, script, status, isKept) => {
  const config = `retries: 0\non_failure: stop\nverify:\n  - name: script\n    run: |\n      ${script}\n`
  const { home, house } = await run('## Task 1: One\n**Run:**\n- mkdir -p sub && touch keep sub/gone\n', config)
  expect(house.status()).toEqual([status])
  expect(existsSync(join(home.dir, 'keep'))).toBe(true)
  expect(existsSync(join(home.dir, 'sub/gone'))).toBe(isKept)
})

it('hides a secret in the log that a command printed in two pieces', async () => {
  const print = "printf 'start ghp_ABCDEFGHIJKL'; sleep 0.4; printf 'MNOPQRSTUVWXYZ0123456789 end'"
  const { home, house } = await run('## Task 1: One\n**Run:**\n- sh print.sh\n', '', {}, { 'print.sh': print })
  const runId = house.runner.api.view.latestRun()?.id ?? ''
  const log = home.read(`logs/${runId}/01-one.log`)
  expect(log).toContain('start [redacted] end')
  expect(log).not.toMatch(/MNOPQ/)
})
