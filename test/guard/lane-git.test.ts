import { afterEach, describe, expect, it } from 'vitest'
import { createHome, type Home, type OpenHome } from '../support/home.ts'

let home: Home
let house: OpenHome | undefined
afterEach(async () => {
  await house?.runner.stop()
  house = undefined
  home.remove()
})

/** What an agent runs with git in its worktree, as one that was allowed to. */
const run = async (...scripts: string[]) => {
  const tasks = scripts.map(
    (_, i) => `## Task ${i + 1}: Work ${i + 1}\n**Claude Instruction:**\nrehearse: bash sh ${i}.sh\n`,
  )
  home = createHome(tasks.join('\n'), 'workspace: worktree\nretries: 0\n')
  for (const [i, script] of scripts.entries()) home.write(`${i}.sh`, `set -e\n${script}`)
  home.write('test.js', 'assert(1)\n')
  home.git('init', '-q', '-b', 'main')
  home.git('config', 'user.name', 'Anna')
  home.git('config', 'user.email', 'anna@example.org')
  home.git('add', '-A')
  home.git('commit', '-q', '-m', 'Begin')
  house = await home.open()
  const runId = await house.start({ autoApprove: true })
  return runId
}
const merged = (runId: string, path: string) => home.git('show', `baton/${runId}/merged:${path}`)

describe('git in the worktree of a task', () => {
  it('brings nothing to land that its receipt does not show: a commit on the side, with its work taken back', async () => {
    const runId = await run(
      'echo one > one.txt\necho "// empty" > test.js\ngit commit -qam side\ngit checkout -q HEAD^ -- test.js\n',
    )
    await house?.rest()
    expect(house?.errors).toEqual([])
    expect(house?.runner.api.view.task(runId, 1)?.proof?.files?.map(({ path }) => path)).toEqual(['one.txt'])
    expect(merged(runId, 'one.txt')).toBe('one\n')
    expect(merged(runId, 'test.js')).toBe('assert(1)\n')
  })

  it('does not take back what others landed, by a history of its own', async () => {
    const runId = await run(
      'echo one > one.txt\n',
      'echo two > two.txt\ngit reset -q --soft $(git commit-tree HEAD^{tree} -p HEAD -m side)\n',
    )
    await house?.rest()
    expect(merged(runId, 'one.txt')).toBe('one\n')
    expect(merged(runId, 'two.txt')).toBe('two\n')
  })

  it('does not put anything onto the branch that work lands on', async () => {
    const runId = await run(
      'echo one > one.txt\n',
      `echo two > two.txt
       branch=$(git for-each-ref --format='%(refname)' 'refs/heads/baton/*/merged')
       git update-ref $branch $(git commit-tree $(git rev-parse HEAD~0^{tree}) -p $branch -m evil)\n`,
    )
    const ask = await house?.ask('failure')
    expect(ask?.text).toMatch(/merged is at [0-9a-f]{7,}, and Baton left it at [0-9a-f]{7,}/)
    expect(() => merged(runId, 'two.txt')).toThrow('two.txt')
  })

  it('is told where work is put into the stash, which all share', async () => {
    const runId = await run('echo "// x" >> test.js\ngit stash -q\necho one > one.txt\n')
    await house?.rest()
    expect(house?.runner.api.view.task(runId, 1)?.proof?.gitWrites).toEqual(['1 stash entry added'])
  })
})
