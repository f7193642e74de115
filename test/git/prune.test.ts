import { existsSync, mkdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pruneCheckpoints } from '../../src/git/checkpoint/prune.ts'
import { newRepository, temporaryFolder, usersOwn } from './support/playground.ts'
import { take } from './support/taking.ts'

test('Pruning deletes Baton’s refs of its own queue that are not to be kept, and nothing of the user’s', async () => {
  const play = newRepository()
  for (const ref of ['main/1/before', 'main/1/after', 'main/2/before', 'other/1/before']) await take(play, ref)
  const own = usersOwn(play)
  const request = { cwd: play.root, prefix: 'refs/baton/main/', keep: ['refs/baton/main/2/before'] }
  expect(await pruneCheckpoints({ ...request, before: Date.now() - 3_600_000 })).toEqual([])
  expect(await pruneCheckpoints(request)).toEqual(['refs/baton/main/1/after', 'refs/baton/main/1/before'])
  expect(play.git('for-each-ref', '--format=%(refname)', 'refs/baton').trim().split('\n')).toEqual([
    'refs/baton/main/2/before',
    'refs/baton/other/1/before',
  ])
  expect(usersOwn(play)).toEqual(own)
})

test('What a killed process left in Baton’s git directory goes after a day', async () => {
  const play = newRepository()
  await take(play, 'one')
  const [old, young] = ['stage-old', 'stage-young'].map((name) => join(play.root, '.git/baton', name)) as [
    string,
    string,
  ]
  for (const folder of [old, young]) mkdirSync(folder)
  utimesSync(old, 1, 1)
  await pruneCheckpoints({ cwd: play.root, prefix: 'refs/baton/', keep: [] })
  expect([existsSync(old), existsSync(young), existsSync(join(play.root, '.git/baton/index'))]).toEqual([
    false,
    true,
    true,
  ])
})

test('Only refs below refs/baton/ can be pruned, and without a repository there are none', async () => {
  await expect(pruneCheckpoints({ cwd: '.', prefix: 'refs/', keep: [] })).rejects.toThrow('refs/baton/')
  expect(await pruneCheckpoints({ cwd: temporaryFolder(), prefix: 'refs/baton/', keep: [] })).toEqual([])
})
