import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createHome, type Home } from '../support/home.ts'
import { processesOf } from '../support/rehearsal-agent.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const task = (number: number, fields = '') =>
  `## Task ${number}: Title ${number}\n${fields}**Claude Instruction:**\nrehearse: say done\n\n`

/** A home whose agent notes its session and its attempt when it is started, before it was told anything. */
async function noting(tasks: string, config = '') {
  const home: Home = createHome(tasks, config)
  cleanups.push(home.remove)
  const agent = join(home.dir, 'agent.sh')
  const log = join(home.dir, 'started')
  writeFileSync(log, '')
  const real = `'${process.execPath}' '${join(import.meta.dirname, '../../bin/rehearsal.js')}'`
  writeFileSync(
    agent,
    `#!/bin/sh
for word in "$@"; do
  case $word in --session-id=*) echo "$BATON_ATTEMPT \${word#*=}" >> '${log}' ;; esac
done
exec ${real} "$@"
`,
  )
  chmodSync(agent, 0o755)
  const house = await home.open({
    change: ({ projects: [{ claude }] }) => {
      claude.command = [agent]
    },
  })
  cleanups.push(() => house.runner.stop())
  const started = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ attempt: line.split(' ')[0] ?? '', session: line.split(' ')[1] ?? '' }))
  return { home, house, started }
}

/** A check that lasts until the test lets it go. */
const GATE = '**Verify:**\n- while [ ! -e gate ]; do sleep 0.05; done\n\n'

test('The next task’s Claude starts while the current one is checked, and is the one that then works on it', async () => {
  const { home, house, started } = await noting(task(1, GATE) + task(2))
  const runId = await house.start()
  await expect.poll(() => started().length).toBe(2)
  // The next one is started with the result, which may be before the end of the attempt is stored.
  await expect.poll(() => house.status()).toEqual(['verifying', 'queued'])
  home.write('gate', '')
  await house.rest()
  expect(house.status()).toEqual(['done', 'done'])
  const attempts = house.events.filter(({ type }) => type === 'attempt.ended').length
  expect([started().length, attempts]).toEqual([2, 2])
  expect(existsSync(join(home.dir, 'logs', runId, '02-title-2.log'))).toBe(true)
  expect(readFileSync(join(home.dir, 'logs', runId, '02-title-2.log'), 'utf8')).toContain(started()[1]?.session)
})

test('What was started ahead is ended when the run is paused, and nothing of it is left', async () => {
  const { house, started, home } = await noting(task(1, GATE) + task(2))
  await house.start()
  await expect.poll(() => started().length).toBe(2)
  await house.runner.api.submit({ type: 'pause', afterTask: true }, { surface: 'terminal', id: 'anna', name: 'anna' })
  await expect.poll(() => processesOf(started()[1]?.attempt ?? '')).toEqual([])
  home.write('gate', '')
  await expect.poll(() => house.status()).toEqual(['done', 'queued'])
  await house.runner.api.submit({ type: 'resume' }, { surface: 'terminal', id: 'anna', name: 'anna' })
  await expect.poll(() => house.status()).toEqual(['done', 'done'])
  expect(new Set(started().map(({ session }) => session)).size).toBe(3)
})

test('A changed CLAUDE.md makes a fresh start, and so does claude.warm: false', async () => {
  const { home, house, started } = await noting(task(1, GATE) + task(2))
  await house.start()
  await expect.poll(() => started().length).toBe(2)
  home.write('CLAUDE.md', 'Be brief.')
  home.write('gate', '')
  await house.rest()
  expect(house.status()).toEqual(['done', 'done'])
  expect(started()).toHaveLength(3)

  const cold = await noting(task(1) + task(2), 'claude:\n  warm: false\n')
  await cold.house.start()
  await cold.house.rest()
  expect(cold.started()).toHaveLength(2)
})

test('The end of Baton takes along what was started ahead', async () => {
  const { house, started } = await noting(task(1, GATE) + task(2))
  await house.start()
  await expect.poll(() => started().length).toBe(2)
  await house.runner.stop()
  expect(started().flatMap(({ attempt }) => processesOf(attempt))).toEqual([])
})

test('A question that is put off is no end of its task, and starts no Claude for the next one', async () => {
  const asking = task(1).replace('say done', 'ask "Which?" Red|Blue')
  const { house, started } = await noting(asking + task(2), 'claude: {hold: 0}\n')
  await house.start()
  await expect.poll(() => house.events.filter(({ type }) => type === 'attempt.ended').length).toBe(1)
  expect(house.status()).toEqual(['waiting', 'queued'])
  expect(started().length).toBe(1)
})

test('After a short task the next but one starts beside the next, and works on its own', async () => {
  const waiting = task(2).replace('say done', 'bash while [ ! -e gate ]; do sleep 0.05; done')
  const { home, house, started } = await noting(task(1) + waiting + task(3))
  const runId = await house.start({ autoApprove: true })
  await expect.poll(() => started().length).toBe(3)
  expect(house.status()).toEqual(['done', 'running', 'queued'])
  home.write('gate', '')
  await house.rest()
  expect(house.status()).toEqual(['done', 'done', 'done'])
  // However long the machine took to come to the gate: the last one has one agent that worked.
  const log = readFileSync(join(home.dir, 'logs', runId, '03-title-3.log'), 'utf8')
  expect(started().filter(({ session }) => log.includes(session))).toHaveLength(1)
})
