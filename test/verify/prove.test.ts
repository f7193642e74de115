import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Home } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Runs every test script there is. */
const CHECK = 'for f in test/*.test.sh; do sh "$f" || exit 1; done'
const IN_ORDER = 'test/ok.test.sh'

/** A project with a program, one test of it that passes, and a task that adds to both. */
async function open({
  how,
  fields = '**Prove:** new-tests\n',
  config = '',
  check = CHECK,
  prepare = (_: Home) => {},
  later = (_: Home) => {},
}: {
  how: string
  fields?: string
  config?: string
  check?: string
  prepare?: (home: Home) => void
  /** When all of it is committed. */
  later?: (home: Home) => void
}) {
  const home = homeOfTest(
    `## Task 1: Title 1\n${fields}**Verify:**\n- \`${check}\`\n\n**Claude Instruction:**\n${how}\n\n`,
    `retries: 0\n${config}`,
  )
  mkdirSync(join(home.dir, 'tmp'))
  vi.stubEnv('TMPDIR', join(home.dir, 'tmp'))
  home.write('.gitignore', '.baton/\nlogs/\nsessions/\ntmp/\nnode_modules/\nruns.txt\n')
  home.write('sum.sh', 'echo $(($1 + $2))\n')
  home.write(IN_ORDER, '[ "$(sh sum.sh 1 2)" = 3 ]\n')
  prepare(home)
  home.repository()
  later(home)
  const house = await home.open()
  await house.start()
  const view = () => {
    const { view } = house.runner.api
    return view.task(view.latestRun()?.id ?? '', 1)
  }
  const left = () => readdirSync(join(home.dir, 'tmp'))
  return { home, house, view, left }
}

const CHANGE = 'rehearse: edit sum.sh "echo $(($1 + $2 + 0$3))"\n'
const TEST = 'rehearse: edit test/three.test.sh "[ \\"$(sh sum.sh 1 2 3)\\" = 6 ]"\n'

describe('a task that must add tests', () => {
  it('is done when they fail on the tree before it and pass after it, and the receipt says so', async () => {
    const { house, view, left } = await open({ how: CHANGE + TEST })
    await house.event('task.done')
    expect(view()?.proof?.checks.map(({ name, ok }) => [name, ok])).toEqual([
      [CHECK, true],
      ['new tests: fail before, pass after', true],
    ])
    expect(left()).toEqual([])
    expect(house.errors).toEqual([])
  })

  it('is not done when they pass without the change', async () => {
    const { house, view } = await open({
      how: `${CHANGE}rehearse: edit test/three.test.sh "[ \\"$(sh sum.sh 2 2)\\" = 4 ]"\n`,
    })
    await house.ask('failure')
    expect(view()?.result).toContain('pass without its change, too')
    expect(view()?.result).not.toContain('exit code')
  })

  it('is not done without any, and the same session is told', async () => {
    const { house, view } = await open({ how: CHANGE, fields: '**Prove:** new-tests\n**Retries:** 1\n' })
    await house.event('task.retrying')
    await house.ask('failure')
    expect(view()).toMatchObject({ attempts: 1, result: expect.stringContaining('no test file was added') })
  })

  it('asks a person when the check was red before without them', async () => {
    const { house } = await open({
      how: `${CHANGE}${TEST}rehearse: edit mended.txt "x"\n`,
      config: 'guard: off\n',
      prepare: (home) => home.write('test/red.test.sh', 'test -f mended.txt\n'),
    })
    const ask = await house.ask('review')
    expect(ask.text).toContain('fails even without its tests')
    await house.answer(ask, 'accept')
    await house.event('task.done')
  })

  it('runs them with the dependencies that git ignores, on a copy of them', async () => {
    const { home, house, view } = await open({
      how: CHANGE + TEST,
      check: `echo x >> node_modules/used.txt; sh node_modules/tool/run.sh`,
      prepare: (home) => {
        home.write('node_modules/tool/run.sh', `${CHECK}\n`)
        chmodSync(join(home.dir, 'node_modules/tool/run.sh'), 0o755)
        symlinkSync('tool', join(home.dir, 'node_modules/alias'))
      },
    })
    await house.event('task.done')
    expect(view()?.proof?.checks.at(-1)).toMatchObject({ name: 'new tests: fail before, pass after', ok: true })
    expect(home.read('node_modules/used.txt'), 'only the real check wrote into the real folder').toBe('x\n')
  })

  it('asks git there as in the project: branch, history, tags, what is tracked; without a hook or a trace', async () => {
    const asked = [
      '[ "$(git branch --show-current) $(git log --format=%s) $(git describe --tags)" = "main start v1" ]',
      'git ls-files --error-unmatch sum.sh',
      '[ -z "$(git status --porcelain -- sum.sh)" ]',
      'git add sum.sh && git commit -q --allow-empty -m side',
    ]
    const { home, house, view } = await open({
      how: CHANGE + TEST,
      // Only on the copy: the project's own tree has the change.
      check: `case "$PWD" in */before-*) ${asked.join(' && ')} || exit 0;; esac; ${CHECK}`,
      prepare: (home) => home.write('.gitattributes', 'sum.sh filter=loud\n'),
      later: (home) => {
        home.git('tag', 'v1')
        home.write('.git/hooks/pre-commit', `#!/bin/sh\ntouch "${home.dir}/hooked"\n`)
        chmodSync(join(home.dir, '.git/hooks/pre-commit'), 0o755)
        home.git('config', 'filter.loud.smudge', `touch "${home.dir}/filtered"; cat`)
        home.git('config', 'filter.loud.clean', `touch "${home.dir}/filtered"; cat`)
      },
    })
    await house.event('task.done')
    expect(view()?.proof?.checks.at(-1)).toMatchObject({ name: 'new tests: fail before, pass after', ok: true })
    expect(readdirSync(home.dir).filter((name) => name === 'hooked' || name === 'filtered')).toEqual([])
    expect(home.git('log', '--all', '--format=%s').trim().split('\n')).not.toContain('side')
    expect(home.git('fsck', '--connectivity-only')).not.toContain('missing')
  })

  it('is wanted of every task by the configuration, but of those that say otherwise', async () => {
    const all = await open({ how: CHANGE, fields: '', config: 'prove: new-tests\n' })
    await all.house.ask('failure')
    const not = await open({ how: CHANGE, fields: '**Prove:** off\n', config: 'prove: new-tests\n' })
    await not.house.event('task.done')
    expect(not.view()?.proof?.checks).toHaveLength(1)
  })

  it('clears up when it is stopped in the midst of it, and what a killed process has left', async () => {
    const { home, house, left } = await open({
      how: CHANGE + TEST,
      check: `case "$PWD" in */before-*) while :; do sleep 0.05; done;; esac; ${CHECK}`,
    })
    await expect.poll(() => left().length).toBe(1)
    const [folder = ''] = left()
    await house.runner.stop()
    expect(left()).toEqual([])
    home.write(`tmp/${folder}/before-old/x.txt`, 'left by a kill')
    const again = await home.open()
    await expect
      .poll(() => readdirSync(join(home.dir, 'tmp', folder)).filter((name) => name !== 'before-old'))
      .toHaveLength(1)
    expect(readdirSync(join(home.dir, 'tmp', folder))).toHaveLength(1)
    await again.runner.stop()
    expect(left()).toEqual([])
  })
})
