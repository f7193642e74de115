import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { aHome, baton } from './program.ts'

it('the demo plays from beginning to end by itself, says what it is, and touches only its scratch folder', async () => {
  const home = aHome({})
  const { exitCode, stdout, stderr } = await baton(home, ['demo'], { TMPDIR: home.dir })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.split('\n')[0]).toMatch(/^Demo: a scripted stand-in plays Claude\. No account, no network/)
  const [, scratch = ''] = /Working in (\S+);/.exec(stdout) ?? []
  expect(stdout).toMatch(/Answered by the demo.*: “Red”/)
  expect(stdout).toMatch(/Allowed by the demo/)
  expect(stdout).toMatch(/4 tasks: 4 done/)
  // Node keeps what it compiled beside it.
  const left = readdirSync(home.dir).filter((name) => name !== 'node-compile-cache')
  expect(left.sort()).toEqual(['config.yaml', basename(scratch)].sort())
  expect(existsSync(join(scratch, 'farewell.txt'))).toBe(true)
  expect(execFileSync('git', ['log', '--oneline'], { cwd: scratch }).toString()).toContain('Before the demo')
  rmSync(scratch, { recursive: true })
})
