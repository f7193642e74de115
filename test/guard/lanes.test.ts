import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isChangedByAgent } from '../../src/sources/files/doubts.ts'
import { createHome, type Home, type OpenHome } from '../support/home.ts'

const BATON = join(import.meta.dirname, '../../bin/baton.js')

let home: Home
let house: OpenHome | undefined
afterEach(async () => {
  await house?.runner.stop()
  house = undefined
  home.remove()
})

/** A home that is the checkout as well; its one task runs a script in a worktree, which no rule can look into. */
const newHome = (script: string, files: Record<string, string> = {}, config = '') => {
  home = createHome(
    '## Task 1: Work\n**Claude Instruction:**\nrehearse: bash sh work.sh\n',
    `lanes: 2\nretries: 0\n${config}`,
  )
  home.write('work.sh', script)
  for (const [path, text] of Object.entries(files)) home.write(path, text)
  home.write('.gitignore', '.baton/\nlogs/\nsessions/\n.env*\n')
  home.git('init', '-q', '-b', 'main')
  home.git('add', '-A')
  home.git('commit', '-q', '-m', 'Begin')
}

const run = async () => {
  house = await home.open()
  const runId = await house.start({ autoApprove: true, files: ['tasks/today.md'] })
  await house.rest()
  return runId
}
const findings = (runId: string) => house?.runner.api.view.task(runId, 1)?.proof?.findings ?? []
const landed = (runId: string, path: string) => home.git('show', `baton/${runId}/merged:${path}`)

describe("Baton's own files in the worktree of a task", () => {
  it('do not land: the configuration is as before, and a copy of a secret too', async () => {
    newHome(
      'echo "permission_mode: bypassPermissions" >> config.yaml\necho API_TOKEN=mine > .env\necho one > one.txt\n',
      { '.env': 'API_TOKEN=0123456789012345678901234567890123456789\n' },
      'worktree: {copy: [.env]}\n',
    )
    const runId = await run()
    expect(landed(runId, 'config.yaml')).toBe(home.read('config.yaml'))
    expect(landed(runId, 'one.txt')).toBe('one\n')
    const own = findings(runId).filter(({ kind }) => kind === 'own-file')
    expect(own.map(({ path }) => path?.split('/').at(-1))).toEqual(['.env', 'config.yaml'])
    expect(house?.errors).toEqual([])
  })

  it('are doubted where they land: marks do not count, and no schedule starts what an agent wrote', async () => {
    newHome("sed -i 's/\\[ \\]/[x]/' tasks/list.md\nprintf '%s\\n' '- [ ] Mine' > tasks/mine.md\n", {
      'tasks/list.md': '- [ ] Add tests\n',
    })
    const runId = await run()
    expect(findings(runId)).toMatchObject([
      { kind: 'mark', path: 'tasks/list.md', line: 1, text: expect.stringContaining('not count: Add tests') },
      { kind: 'task-file', path: 'tasks/mine.md' },
    ])
    const state = join(home.dir, '.baton')
    expect(isChangedByAgent(state, join(home.dir, 'tasks/list.md'))).toBe(false)
    home.git('merge', '-q', '--ff-only', `baton/${runId}/merged`)
    expect(home.read('tasks/list.md')).toBe('- [x] Add tests\n')
    for (const name of ['list', 'mine'])
      expect([name, isChangedByAgent(state, join(home.dir, `tasks/${name}.md`))]).toEqual([name, true])
    expect(house?.runner.api.view.latestRun()?.status).toBe('done')
  })

  it('are refused and asked for by name, and so is the worktree of another task', async () => {
    newHome('true\n')
    const text = ['cat .env', 'sed -i s/2/3/ config.yaml', 'touch ../baton-tree-7/x'].map(
      (one) => `rehearse: bash ${one}`,
    )
    home.write(
      'tasks/today.md',
      `## Task 1: Work\n**Claude Instruction:**\n${text.join('\n')}\nrehearse: bash touch tasks/b.md\n`,
    )
    home.git('commit', '-qam', 'Tasks')
    house = await home.open()
    const runId = await house.start()
    const ask = await house.ask('permission')
    expect(ask.text).toContain('touch tasks/b.md')
    await house.answer(ask, 'no')
    await house.rest()
    expect(findings(runId).map(({ text }) => text)).toEqual([
      '4 calls refused: Bash ×4.',
      "A call was refused: This would touch Baton's secrets (.env), which no task reads or changes.",
      "A call was refused: This would change Baton's configuration, which no task changes.",
      "A call was refused: This would change another task's worktree, which no task changes.",
    ])
    expect(existsSync(join(home.dir, '.baton/worktrees/main/baton-tree-7'))).toBe(false)
  })
})

describe('what a task has started in its worktree', () => {
  it.runIf(process.platform === 'linux')('may not decide anything, and is ended with the attempt', async () => {
    newHome(
      [
        'home="$(git rev-parse --path-format=absolute --git-common-dir)/.."',
        `env -i PATH="$PATH" ${JSON.stringify(process.execPath)} ${BATON} pause --home "$home" > said.txt 2>&1`,
        'env -i PATH="$PATH" setsid sh -c \'echo $$ > pid.txt; exec sleep 300\' > /dev/null 2>&1 &',
        'until [ -s pid.txt ]; do sleep 0.05; done\n',
      ].join('\n'),
    )
    const runId = await run()
    expect(landed(runId, 'said.txt')).toContain('from inside a task that Baton is running')
    expect(house?.events.map(({ type }) => type)).not.toContain('queue.paused')
    const commandLine = `/proc/${landed(runId, 'pid.txt').trim()}/cmdline`
    // Of one that nobody has waited for yet, nothing but the number is left.
    expect(existsSync(commandLine) ? readFileSync(commandLine, 'utf8') : '').toBe('')
  })
})
