import { randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GitAnswer, type GitCall, git } from './program.ts'
import { readLatin1 } from './read-latin1.ts'
import type { Repository } from './repository.ts'
import { type UserConfig, userConfig } from './user-config.ts'

/**
 * A second git directory, `baton/` inside the user's, that shares the repository's objects and nothing else. Its own
 * attributes switch every conversion off (line endings, filters, `$Id$`, encodings), so that what is recorded and given
 * back are the bytes on disk; its own configuration keeps the user's hooks, monitors and index formats out; and no
 * command run through it can reach the user's branch, index or stash, because it does not know them.
 */
export interface PrivateGit {
  dir: string
  repository: Repository
  /** Permission bits mean something here (`core.fileMode`). */
  fileMode: boolean
  /** The user's own configuration of git here. */
  config: UserConfig
  /** `core.autocrlf` converts files that no attribute speaks of. */
  autocrlf: boolean
  /** Runs git with the working tree, and with `index` as its index file. */
  run: (args: readonly string[], call?: PrivateCall) => Promise<GitAnswer>
}

type PrivateCall = Partial<Omit<GitCall, 'env'>> & { index?: string; workTree?: string }

const ATTRIBUTES = '* -text !eol !crlf -filter -ident !working-tree-encoding\n'

/** The parts of the user's configuration about the file system and about what to ignore, which hold here too. */
const CARRIED = ['core.filemode', 'core.symlinks', 'core.ignorecase', 'core.precomposeunicode', 'core.excludesfile']

/** Opens (and at first creates) Baton's git directory for this working tree. */
export async function openPrivateGit(repository: Repository): Promise<PrivateGit> {
  const dir = join(repository.gitDir, 'baton')
  const config = await userConfig(repository)
  await prepare(dir, repository)
  const carried = CARRIED.flatMap((key) => (config.has(key) ? ['-c', `${key}=${config.get(key)}`] : []))
  const run = (args: readonly string[], { index, workTree, ...call }: PrivateCall = {}) =>
    git([...carried, ...SETTINGS, ...args], {
      cwd: repository.root,
      ...call,
      env: {
        GIT_DIR: dir,
        GIT_WORK_TREE: workTree ?? repository.root,
        GIT_OBJECT_DIRECTORY: join(repository.commonDir, 'objects'),
        GIT_INDEX_FILE: index ?? join(dir, 'no-index'),
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        // The index is a copy of ours: what git finds out about files on the way may be noted in it.
        GIT_OPTIONAL_LOCKS: '1',
        GIT_AUTHOR_NAME: 'Baton',
        GIT_AUTHOR_EMAIL: 'baton@localhost',
        GIT_COMMITTER_NAME: 'Baton',
        GIT_COMMITTER_EMAIL: 'baton@localhost',
      },
    })
  const autocrlf = /^(true|yes|on|1|input)$/i.test(config.get('core.autocrlf') ?? '')
  return { dir, repository, run, config, autocrlf, fileMode: config.get('core.filemode') !== 'false' }
}

/** An index of ours is a plain one: no shared half, no directory entries, no caches of the untracked. */
const SETTINGS = [
  'core.splitIndex=false',
  'core.untrackedCache=false',
  'index.sparse=false',
  'core.looseCompression=1',
].flatMap((setting) => ['-c', setting])

async function prepare(dir: string, repository: Repository): Promise<void> {
  const format = repository.objectFormat === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${repository.objectFormat}\n`
  const exclude = await readLatin1(join(repository.commonDir, 'info', 'exclude')).catch(() => '')
  await mkdir(join(dir, 'refs'), { recursive: true })
  await mkdir(join(dir, 'info'), { recursive: true })
  if ((await headCommit(dir)) === undefined) await writeIfChanged(join(dir, 'HEAD'), NO_HEAD)
  await writeIfChanged(
    join(dir, 'config'),
    `[core]\n\trepositoryformatversion = ${format ? 1 : 0}\n\tbare = false\n${format}`,
  )
  await writeIfChanged(join(dir, 'info', 'attributes'), ATTRIBUTES)
  await writeIfChanged(join(dir, 'info', 'exclude'), exclude)
}

const NO_HEAD = 'ref: refs/heads/none\n'

/** HEAD of our own git directory names the last checkpoint: what the index has in common with it need not be listed. */
export async function headCommit(dir: string): Promise<string | undefined> {
  return /^([0-9a-f]{40,64})\n$/.exec(await readLatin1(join(dir, 'HEAD')).catch(() => ''))?.[1]
}

/** Moves that HEAD; without a commit, none. Never in place: another process may be reading it. */
export async function moveHead({ dir }: PrivateGit, commit?: string): Promise<void> {
  const file = join(dir, `HEAD-${randomUUID()}`)
  await writeFile(file, commit === undefined ? NO_HEAD : `${commit}\n`, 'latin1')
  await rename(file, join(dir, 'HEAD'))
}

async function writeIfChanged(file: string, content: string): Promise<void> {
  if ((await readLatin1(file).catch(() => undefined)) !== content) await writeFile(file, content, 'latin1')
}
