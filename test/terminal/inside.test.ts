import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ownCeiling } from '../../src/claude/process/brand.ts'
import { aHome, baton, REHEARSED, startBaton } from './program.ts'

const BATON = fileURLToPath(new URL('../../bin/baton.js', import.meta.url))
const TOKEN = 'token-of-a-test-0123456789abcdef'
const SECRET = 'secret-of-a-test-0123456789'

/** Ways in which the words of a task call a command of Baton's; each leaves its output in a file of that number. */
const CALLS: [string, (command: string, out: string) => string][] = [
  ['as it is', (command, out) => `${command} > ${out} 2>&1`],
  ['without the mark', (command, out) => `env -u BATON_ATTEMPT ${command} > ${out} 2>&1`],
  ['with nothing in its environment', (command, out) => `env -i ${command} > ${out} 2>&1`],
  ['in a session of its own', (command, out) => `env -i setsid -w ${command} > ${out} 2>&1`],
  ...(ownCeiling() === undefined
    ? []
    : ([
        ['as an orphan', (command, out) => `env -i setsid -f sh -c '(sleep 0.5; ${command} > ${out} 2>&1) &'`],
        ['as a daemon', (command, out) => `env -i ${DAEMON} sh -c 'sleep 0.5; ${command} > ${out} 2>&1'`],
        [
          'with a brand of its own choice',
          (command, out) =>
            `env -i setsid -f sh -c '(sleep 0.5; prlimit --msgqueue=400000:400000 -- ${command} > ${out} 2>&1) &'`,
        ],
      ] as [string, (command: string, out: string) => string][])),
]

const DAEMON = `/usr/bin/perl -MPOSIX -e "exit if fork; setsid(); exit if fork; exec @ARGV"`

const ACTS = ['pause', 'status', 'tasks other.md', 'init']

/** A task whose commands call Baton in all these ways and wait for what comes of it. */
function attack(act: string, port = ''): string {
  const lines = CALLS.map(([, call], i) => call(`${process.execPath} ${BATON} ${act}`, `out-${i}`))
  const http = port === '' ? [] : CALLS.map(([, call], i) => call(`${process.execPath} call.mjs ${port}`, `http-${i}`))
  const outs = [...lines.map((_, i) => `out-${i}`), ...http.map((_, i) => `http-${i}`)]
  const wait = `for out in ${outs.join(' ')}; do until test -s $out; do sleep 0.05; done; done`
  return [...lines, ...http, wait, 'sleep 0.3'].map((line) => `(${line}) || true`).join('\n')
}

const TASK = '## Task 1: Attack\n**Run:**\n- sh attack.sh\n'

it.each(ACTS)('refuses %s from inside a task, whatever was done to its environment and its ancestors', async (act) => {
  const home = aHome({
    'config.yaml': `http:\n  enabled: false\n${REHEARSED}`,
    'other.md': '## Task 1: Other\n**Run:**\n- touch other\n',
    'today.md': TASK,
    'attack.sh': attack(act),
  })
  const { exitCode, stdout } = await baton(home, ['tasks', 'today.md'])
  for (const [i, [name]] of CALLS.entries()) {
    expect(home.read(`out-${i}`), name).toMatch(
      /^error: This was called from inside a task that Baton is running; such commands are refused.\n {2}Run it in .*\n$/,
    )
  }
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('1 task: 1 done') })
  expect(() => home.read('other')).toThrow()
})

it('refuses requests from inside a task with a good token, and takes the same from outside', async () => {
  const home = aHome({
    'config.yaml': `http:\n  port: 0\n${REHEARSED}`,
    'call.mjs': readFileSync(new URL('./call-http.mjs', import.meta.url)),
  })
  const daemon = startBaton(home, ['start'], { API_TOKEN: TOKEN, WEBHOOK_SECRET: SECRET })
  await daemon.hears(/Dashboard: http:\/\/127\.0\.0\.1:\d+/)
  const port = /Dashboard: http:\/\/127\.0\.0\.1:(\d+)/.exec(daemon.said())?.[1] ?? ''
  home.write('today.md', TASK)
  home.write('attack.sh', attack('status', port))
  const { exitCode } = await baton(home, ['tasks', 'today.md'])
  for (const [i, [name]] of CALLS.entries()) {
    const refused = { status: 403, body: { error: { code: 'inside-attempt' } } }
    const refusedWebhook = { status: 403, body: { error: expect.stringContaining('inside a task') } }
    const told = home
      .read(`http-${i}`)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told, name).toMatchObject([refused, refused, refusedWebhook, { status: 200, body: { status: 'ok' } }])
  }
  expect(exitCode).toBe(0)

  // The control: somebody else's request, during the same work, is accepted.
  home.write('slow.md', '## Task 1: Slow\n**Run:**\n- sleep 300\n')
  const slow = startBaton(home, ['tasks', 'slow.md'])
  await slow.hears('Started task')
  const caller = spawnSync(process.execPath, ['call.mjs', port], { cwd: home.dir, env: {}, encoding: 'utf8' })
  const told = caller.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).status)
  expect(told).toEqual([200, 200, 200, 200])
  await slow.ended
  // It ends its task's processes before it ends.
  daemon.child.kill('SIGTERM')
  expect((await daemon.ended).exitCode).toBe(0)
})

it('leaves alone who only bears the mark of another state', async () => {
  const home = aHome({ 'today.md': '## Task 1: One\n**Run:**\n- touch one\n' })
  const { exitCode } = await baton(home, ['tasks', 'today.md'], { BATON_ATTEMPT: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })
  expect(exitCode).toBe(0)
  expect((await baton(home, ['status'], { BATON_ATTEMPT: 'another' })).stdout).toContain('1 done')
})
