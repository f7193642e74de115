import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Repository } from '../../src/git/repository.ts'
import { copyIn } from '../../src/workspace/worktree/copy-in.ts'
import { temporaryFolder } from '../git/support/playground.ts'

test('copies go into the worktree, also where an agent has put a link in place of a folder', async () => {
  const [checkout, tree, elsewhere] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
  mkdirSync(join(checkout, 'local/keys'), { recursive: true })
  writeFileSync(join(checkout, 'local/keys/one'), 'one')
  mkdirSync(join(elsewhere, 'keys'))
  writeFileSync(join(elsewhere, 'keys/one'), "the user's")
  symlinkSync(elsewhere, join(tree, 'local'))
  await copyIn({ root: checkout } as Repository, tree, { paths: ['local/keys/one'], digest: '' })
  expect(readFileSync(join(elsewhere, 'keys/one'), 'utf8')).toBe("the user's")
  expect(readFileSync(join(tree, 'local/keys/one'), 'utf8')).toBe('one')
  expect(existsSync(join(elsewhere, 'keys'))).toBe(true)
})
