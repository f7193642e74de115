import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type ByteString, joinNul, splitNul } from '../bytes.ts'
import { isCalled, isSubmodule, type TreeEntry, treeFiles } from '../diff/tree-diff.ts'
import { withIndex } from '../index-file.ts'
import { indexInfo } from '../index-info.ts'
import type { PrivateGit } from '../private-git.ts'
import { safeRun } from '../safe-run.ts'
import { stage } from '../stage.ts'
import { withFolder } from '../with-folder.ts'

type Files = ReadonlyMap<ByteString, TreeEntry>

/**
 * What `git add` would make of files of a checkpoint: a checkpoint holds the bytes on disk, a commit what the user's
 * attributes and filters (line endings, LFS) make of them. `committed` are the same paths as already committed, which has a
 * say in git's line ending rules.
 */
export async function committedForm(
  own: PrivateGit,
  tree: string,
  files: Files,
  committed: Files,
): Promise<Map<ByteString, TreeEntry>> {
  const result = new Map([...files].filter(([, entry]) => isSubmodule(entry)))
  const plain = [...files].filter(([, entry]) => !isSubmodule(entry))
  if (plain.length === 0) return result
  const attributes = await treeFiles(own, tree, isCalled('.gitattributes'))
  await withFolder(own, 'commit', async (folder) => {
    await stage(own, new Map([...attributes, ...plain]), folder)
    const git = await safeRun(own.repository)
    await withIndex(join(own.dir, `index-${randomUUID()}`), async (index) => {
      const env = { GIT_DIR: own.repository.gitDir, GIT_WORK_TREE: folder, GIT_INDEX_FILE: index }
      const run = (args: string[], input?: string) =>
        git([...SETTINGS, ...args], {
          cwd: folder,
          env,
          ...(input === undefined ? {} : { input }),
        })
      await run(['update-index', '-z', '--index-info'], indexInfo(own.repository, committed))
      await run(['update-index', '--add', '--replace', '-z', '--stdin'], joinNul(plain.map(([path]) => path)))
      for (const line of splitNul((await run(['ls-files', '-s', '-z'])).stdout)) {
        const path = line.slice(line.indexOf('\t') + 1)
        const [mode = '', oid = ''] = line.split(' ')
        if (files.has(path)) result.set(path, { mode, oid })
      }
    })
  })
  return result
}

/** The folder is a fresh one of ours, where permission bits are what the checkpoint says. */
const SETTINGS = [
  'core.fileMode=true',
  'core.sparseCheckout=false',
  'core.splitIndex=false',
  'core.untrackedCache=false',
].flatMap((setting) => ['-c', setting])
