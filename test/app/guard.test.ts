import { describe, expect, it } from 'vitest'
import type { Home } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'

const SKIPPED = "it.skip('adds', () => {\\n  expect(add(1, 2)).toBe(3)\\n})\\n"

/** A project with one test, which the only task skips. */
async function open(config: string, how = `rehearse: edit add.test.js "${SKIPPED}"`, prepare = (_: Home) => {}) {
  const home = homeOfTest(`## Task 1: Title 1\n**Claude Instruction:**\n${how}\n\n`, config)
  home.write('add.test.js', "it('adds', () => {\n  expect(add(1, 2)).toBe(3)\n})\n")
  prepare(home)
  home.repository()
  const house = await home.open()
  await house.start()
  const proof = () => {
    const { view } = house.runner.api
    return view.task(view.latestRun()?.id ?? '', 1)
  }
  return { home, house, proof }
}

it('asks before a task that skipped a test is done', async () => {
  const { house, proof } = await open('')
  const ask = await house.ask('review')
  expect(ask).toMatchObject({ about: 'guard' })
  expect(ask.text).toContain('add.test.js:1: The test “adds” is skipped.')
  await house.answer(ask, 'accept')
  await house.event('task.done')
  expect(proof()?.proof?.findings).toMatchObject([{ kind: 'test-skipped', path: 'add.test.js', line: 1 }])
})

it('only tells it, or does not look, where that is wanted', async () => {
  const told = await open('guard: tell\n')
  await told.house.event('task.done')
  expect(told.proof()?.proof?.findings).toMatchObject([{ kind: 'test-skipped' }])
  const off = await open('guard: off\n')
  await off.house.event('task.done')
  expect(off.proof()?.proof?.findings).toBeUndefined()
})

it('is quiet about a test that was added', async () => {
  const { house, proof } = await open(
    '',
    'rehearse: edit more.test.js "it(\'x\', () => {\\n  expect(f(1)).toBe(2)\\n})\\n"',
  )
  await house.event('task.done')
  expect(proof()?.proof?.findings).toBeUndefined()
})

it('tells what was changed in files that git ignores, and asks about a package that was changed by hand', async () => {
  const { house, proof } = await open(
    '',
    'rehearse: bash echo 1 > node_modules/vitest/dist/index.js; echo 2 > here.local; rm data.sqlite',
    (home) => {
      home.write('.gitignore', '.baton/\nlogs/\nsessions/\nnode_modules/\n*.local\n*.sqlite\n')
      home.write('node_modules/vitest/dist/index.js', '0')
      home.write('data.sqlite', 'all of it')
    },
  )
  const ask = await house.ask('permission')
  await house.answer(ask, 'allow')
  const about = await house.ask('review')
  expect(about.text).toContain('An installed package was changed, and not by installing it')
  expect(proof()?.proof?.findings?.map(({ kind }) => kind)).toEqual(['not-undoable', 'check-changed'])
  expect(proof()?.proof?.findings?.[0]?.text).toBe(
    'Changed where undo cannot restore it (ignored by git, or a separate repository): data.sqlite (removed), here.local, node_modules/vitest/dist/index.js.',
  )
})

describe('what a later task of the run is checked by', () => {
  const later = (fields: string) => `\n## Task 2: Title 2\n${fields}\n\n**Claude Instruction:**\nTwo.\n`
  const runs = async (how: string, script: string) => {
    const home = homeOfTest(
      `## Task 1: Title 1\n**Claude Instruction:**\n${how}\n${later('**Verify First:** true\n**Verify:**\n- sh ci/check.sh')}`,
    )
    home.write('ci/check.sh', script)
    home.repository()
    const house = await home.open()
    await house.start()
    return house
  }

  it('is not emptied by an earlier one without a yes, which would make it done before anybody works on it', async () => {
    const house = await runs('rehearse: edit ci/check.sh "exit 0"', 'test -f there.txt\n')
    const ask = await house.ask('review')
    expect(ask.text).toContain('ci/check.sh: The check “sh ci/check.sh” is defined here, and was changed.')
    expect(house.status()).toEqual(['waiting', 'queued'])
  })
})
