import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sandboxProblem } from '../../src/claude/start/sandbox.ts'
import { ESCAPES, ownSeconds } from '../claude/escapes.ts'
import { createHome } from '../support/home.ts'

const problem = process.platform === 'linux' ? await sandboxProblem() : 'checks have one on Linux only'
const why = problem === undefined ? '' : ` (skipped: ${problem})`

const PLACES = [
  ...['config.yaml', '.env', '.baton/new', 'logs/new', '.claude/settings.json', '.git/hooks/pre-commit', '.git/config'],
  ...['$HOME/.bashrc', '$OUTSIDE/file'],
]

/** Runs a task whose command, or check, tries everything; gives what it said of each. */
async function attack(sandbox: 'on' | 'off', where: 'Run' | 'Verify') {
  const outside = execFileSync('mktemp', ['-d', join(process.env.HOME ?? '/root', 'baton-outside-XXXXXX')])
    .toString()
    .trim()
  const lines = PLACES.map(
    (place) => `(echo "# x" >> "${place}") 2> /dev/null && echo 'changed ${place.replace('$', '')}'`,
  )
  const reads = ['.env', '.baton/baton.db'].map(
    (file) => `test -s ${file} && cat ${file} > /dev/null && echo "read ${file}"`,
  )
  const script = ['exec > said 2>&1', 'echo mine > own.txt', ...lines, ...reads, 'true'].join('\n')
  const home = createHome(
    `## Task 1: Attack\n**Run:**\n- ${where === 'Run' ? 'sh attack.sh' : 'true'}\n${where === 'Verify' ? '\n**Verify:**\n- sh attack.sh\n' : ''}`,
    `guard: "off"\nclaude:\n  sandbox: "${sandbox}"\n  env: [OUTSIDE]\n`,
  )
  onTestFinished(() => {
    home.remove()
    rmSync(outside, { recursive: true })
  })
  home.git('init', '-q')
  for (const file of ['.env', '.claude/settings.json', '.git/hooks/pre-commit']) home.write(file, 'TOKEN=secret\n')
  home.write('attack.sh', script)
  writeFileSync(join(outside, 'file'), '')
  const house = await home.open({ env: { OUTSIDE: outside } })
  onTestFinished(() => house.runner.stop())
  await house.start()
  await house.rest()
  expect(house.status()).toEqual(['done'])
  expect(home.read('own.txt')).toBe('mine\n')
  return home
    .read('said')
    .split('\n')
    .filter((line) => line !== '')
}

describe.skipIf(problem !== undefined)(`a sandbox${why}`, () => {
  it.each(['Run', 'Verify'] as const)(
    'keeps what %s runs from secrets, and from changing more than the project',
    async (where) => {
      const said = await attack('on', where)
      // Its home is the project in this test, so what is left is what any program of the user's may write there.
      expect(said).toEqual(['changed HOME/.bashrc'])
    },
  )

  it.each(['Run', 'Verify'] as const)('control: without it %s reaches everything', async (where) => {
    const said = await attack('off', where)
    expect(said).toHaveLength(PLACES.length + 2)
  })

  it.each(Object.entries(ESCAPES))('lets nothing outlive what it was started for: %s', async (_, getAway) => {
    const seconds = ownSeconds()
    const home = createHome('## Task 1: Leave\n**Run:**\n- sh leave.sh\n', 'claude:\n  sandbox: "on"\n')
    onTestFinished(() => home.remove())
    home.write('leave.sh', `${getAway(seconds)}\nsleep 0.5\n`)
    const house = await home.open()
    onTestFinished(() => house.runner.stop())
    await house.start()
    await house.rest()
    expect(house.status()).toEqual(['done'])
    expect(execFileSync('ps', ['-eo', 'args=']).toString()).not.toContain(`sleep ${seconds}`)
  })

  it('gives exit codes and output as without it, in the folder of the task', async () => {
    const home = createHome(
      '## Task 1: Fail\n**Directory:** sub\n**Run:**\n- pwd && exit 7\n',
      'retries: 0\non_failure: continue\nclaude:\n  sandbox: "on"\n',
    )
    onTestFinished(() => home.remove())
    home.write('sub/file', '')
    const house = await home.open()
    onTestFinished(() => house.runner.stop())
    const runId = await house.start()
    await house.rest()
    const task = house.runner.api.view.tasks(runId)[0]
    expect(task?.result).toContain('exit code 7')
    expect(task?.result).toContain(`${home.dir}/sub`)
  })
})
