import { join } from 'node:path'
import { expect, test } from 'vitest'
import { locatePaths } from '../../src/git/diff/locate-paths.ts'
import { newRepository, temporaryFolder } from './support/playground.ts'
import { take } from './support/taking.ts'

test('A file is recorded, somewhere else, or nowhere, however it is named', async () => {
  const play = newRepository()
  play.write('.gitignore', 'dist/\n.env\n')
  play.write('src/login.ts', 'x')
  play.write('dist/deep/login.js', 'x')
  play.write('.env', 'x')
  const outside = join(temporaryFolder(), 'gone')
  const { commit } = await take(play, 'one')
  const expected = {
    'src/login.ts': 'recorded',
    'login.ts': 'recorded',
    './src/login.ts': 'recorded',
    [join(play.root, 'src/login.ts')]: 'recorded',
    'login.js': 'unrecorded',
    '.env': 'unrecorded',
    [join(play.root, '.env')]: 'unrecorded',
    'src/logout.ts': 'absent',
    [outside]: 'absent',
  }
  const found = await locatePaths({ cwd: play.root, commit, paths: Object.keys(expected) })
  expect(Object.fromEntries(found)).toEqual(expected)
})
