import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aHome, baton, type Home, REHEARSED } from '../terminal/program.ts'

const SHIP = `---
on: {push: [main]}
---
## Build
**Run:** true

## Ship
**Depends On:** Build
**Deploy:** production
`
const NOWHERE = SHIP.replace(/## Ship[\s\S]*/, '')
const PRODUCTION = `project: app\n${REHEARSED}environments:\n  production:\n    deploy: 'true'\n`

/** A home whose project is a clone. */
function aClone(files: Record<string, string>): Home {
  const home = aHome(files)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: home.dir, stdio: 'pipe' })
  git('init', '--quiet', '--bare', '--initial-branch=main', 'remote.git')
  git('clone', '--quiet', 'remote.git', 'app')
  const as = ['-c', 'user.name=Dora', '-c', 'user.email=dora@example.org']
  git('-C', 'app', ...as, 'commit', '--quiet', '--allow-empty', '-m', 'Begin')
  git('-C', 'app', 'push', '--quiet', 'origin', 'HEAD:main')
  return home
}

const doctor = async (home: Home) => {
  const { stdout } = await baton(home, ['doctor', '--json'])
  return JSON.parse(stdout).checks as { name: string; status: string; detail: string; hint?: string }[]
}

describe('pipelines in a terminal', () => {
  it('are checked by their names as well, and what is wrong with others is not told then', async () => {
    const wrong = SHIP.replace('production', 'produktion')
    const home = aHome({ 'config.yaml': PRODUCTION, 'pipelines/ship.md': SHIP, 'pipelines/wrong.md': wrong })
    mkdirSync(join(home.dir, 'app'))
    expect(await baton(home, ['check', 'pipelines/ship.md'])).toMatchObject({
      ...{ exitCode: 0, stdout: '2 tasks in 1 file: no errors\n' },
    })
    const { exitCode, stdout } = await baton(home, ['check', 'pipelines/wrong.md'])
    expect(exitCode).toBe(2)
    expect(stdout).toContain('pipelines/wrong.md:7:1: ')
    expect(stdout).toContain('2 tasks in 1 file: 1 error\n')
    expect((await baton(home, ['check'])).stdout).toContain('4 tasks in 2 files: 1 error\n')
  })

  it('are there without an environment, too, and have a place of their own in the status', async () => {
    const home = aClone({ 'config.yaml': `project: app\n${REHEARSED}`, 'pipelines/test.md': NOWHERE })
    expect((await baton(home, ['check'])).stdout).toBe('1 task in 1 file: no errors\n')
    expect((await baton(home, ['status'])).stdout).toMatch(/^── main\n[\s\S]*\n── pipelines\n/)
  })

  it('and their remote are looked at by the doctor', async () => {
    const home = aClone({ 'config.yaml': PRODUCTION, 'pipelines/ship.md': SHIP })
    expect(await doctor(home)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'pipelines', status: 'ok', detail: '1 file' }),
        expect.objectContaining({ name: 'remote', status: 'ok', detail: 'origin, 1 branch' }),
      ]),
    )
    execFileSync('git', ['-C', join(home.dir, 'app'), 'remote', 'rename', 'origin', 'other'])
    expect(await doctor(home)).toContainEqual(expect.objectContaining({ name: 'remote', status: 'fail' }))
  })
})
