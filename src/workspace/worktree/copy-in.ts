import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, cp, lstat, mkdir, readlink, realpath, rm, stat, symlink } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { joinNul, pathText, splitNul } from '../../git/bytes.ts'
import { inRepository, type Repository } from '../../git/repository.ts'

/** Files of the user's checkout that worktrees get a copy of, and a digest by which a change of them is seen. */
export interface ToCopy {
  paths: string[]
  digest: string
}

/** Untracked files to copy: ignored ones that `.worktreeinclude` names, and those of `patterns`. */
export async function toCopy(from: Repository, patterns: readonly string[]): Promise<ToCopy> {
  const run = inRepository(from)
  const list = async (...how: string[]) =>
    splitNul((await run(['ls-files', '--others', '--ignored', '-z', ...how])).stdout)
  const include = join(from.root, '.worktreeinclude')
  const isThere = (await lstat(include).catch(() => undefined))?.isFile()
  const named = isThere ? await list(`--exclude-from=${include}`) : []
  const ignored =
    named.length === 0
      ? []
      : splitNul((await run(['check-ignore', '-z', '--stdin'], { input: joinNul(named), accept: [0, 1] })).stdout)
  const asked = patterns.length === 0 ? [] : await list(...patterns.map((pattern) => `--exclude=${pattern}`))
  const paths = [...new Set([...ignored, ...asked])]
    .map(pathText)
    .filter((path) => !path.endsWith('/'))
    .sort()
  const digest = createHash('sha256')
  for (const path of paths) {
    const one = join(from.root, path)
    const found = await stat(one).catch(() => lstat(one).catch(() => undefined))
    digest.update(JSON.stringify([path, found?.size, found?.mtimeMs]))
  }
  return { paths, digest: digest.digest('hex').slice(0, 32) }
}

/** Copies them. Real copies, never links: what a lane does to them reaches nobody else. */
export async function copyIn(from: Repository, to: string, { paths }: ToCopy): Promise<void> {
  for (const path of paths) {
    await dropLinksAbove(to, path)
    await copyOne(join(from.root, path), join(to, path), from.root)
  }
}

/** An ignored folder stays when a worktree is used again, and an agent may have put a link in its place. */
async function dropLinksAbove(to: string, path: string): Promise<void> {
  let folder = to
  for (const name of dirname(path).split('/')) {
    folder = join(folder, name)
    const found = await lstat(folder).catch(() => undefined)
    if (found?.isSymbolicLink()) await rm(folder)
  }
}

async function copyOne(from: string, to: string, root: string): Promise<void> {
  const found = await lstat(from).catch(() => undefined)
  if (!found) return
  await mkdir(dirname(to), { recursive: true })
  // Not through a link that an agent may have put there.
  await rm(to, { recursive: true, force: true })
  if (found.isSymbolicLink()) await copyLink(from, to, root)
  else if (found.isFile()) await copyFile(from, to, constants.COPYFILE_FICLONE)
}

/**
 * A link to something beside it in the tree leads to the copy's own neighbour. One that leads out of the tree would let a task
 * write where it leads, or lead nowhere, so what it leads to is copied.
 */
async function copyLink(from: string, to: string, root: string): Promise<void> {
  const target = await readlink(from)
  const leadsTo = resolve(dirname(from), target)
  const isInside = !isAbsolute(target) && leadsTo.startsWith(root + sep)
  const there = isInside ? undefined : await realpath(from).catch(() => undefined)
  // One that leads nowhere stays as it is, and so does one to a folder that holds the copy itself.
  if (there === undefined || `${to}/`.startsWith(join(there, '/'))) await symlink(target, to)
  else await cp(there, to, { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE })
}
