import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteString, fromUtf8, toBuffer } from '../bytes.ts'
import { readLatin1 } from '../read-latin1.ts'
import { inRepository, type Repository } from '../repository.ts'

/**
 * Refs are files, in the format that every git before reftable has; a process would cost more than reading them. Names of refs
 * are given as text and come from git, or were found to be good by it.
 */
export async function hasRefFiles({ commonDir }: Repository): Promise<boolean> {
  return !(await stat(join(commonDir, 'reftable')).catch(() => undefined))
}

/** What a ref's file holds: another ref's name, … */
export function targetOf(content: ByteString): ByteString | undefined {
  return /^ref: *([^\n]+?)\s*$/.exec(content)?.[1]
}

/** … or an object's. */
export function oidOf(content: ByteString): string | undefined {
  return /^[0-9a-f]{40,64}/.exec(content)?.[0]
}

/** The object that a ref stands for. Refs that name refs are followed as far as git does. */
export async function resolveRef(repository: Repository, ref: ByteString, depth = 0): Promise<string | undefined> {
  const path = Buffer.concat([Buffer.from(`${repository.commonDir}/`), toBuffer(ref)])
  const content = await readLatin1(path).catch(() => undefined)
  if (content === undefined) return packed(repository, ref)
  const target = targetOf(content)
  return target !== undefined && depth < 5 ? resolveRef(repository, target, depth + 1) : oidOf(content)
}

async function packed(repository: Repository, ref: ByteString): Promise<string | undefined> {
  const all = await packedRefs(repository)
  const at = all.indexOf(` ${ref}\n`)
  return at === -1 ? undefined : oidOf(all.slice(all.lastIndexOf('\n', at) + 1, at))
}

const packedRefs = async ({ commonDir }: Repository): Promise<ByteString> =>
  `\n${await readLatin1(join(commonDir, 'packed-refs')).catch(() => '')}`

/** A name that means the same as a path, so that its file may be looked for. */
const isPlainName = (name: string): boolean => !/\.\.|[\0- \x7f~^:?*[\\]|(^|\/)(\.|$)/.test(name)

/** The commit at the tip of a branch; undefined where there is none. */
export async function tipOf(repository: Repository, branch: string): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`
  if (isPlainName(branch) && (await hasRefFiles(repository))) return resolveRef(repository, fromUtf8(ref))
  const args = ['rev-parse', '-q', '--verify', `${ref}^{commit}`]
  return (await inRepository(repository)(args, { accept: [0, 1, 128] })).stdout.trim() || undefined
}

/** Whether there may be a branch below this name, as `a/b` is below `a`. False is certain. */
export async function mayHaveBranchesBelow(repository: Repository, name: string): Promise<boolean> {
  if (!isPlainName(name) || !(await hasRefFiles(repository))) return true
  const ref = fromUtf8(`refs/heads/${name}/`)
  const folder = Buffer.concat([Buffer.from(`${repository.commonDir}/`), toBuffer(ref)])
  // Git leaves empty folders behind, which stand in nobody's way; it knows which are.
  if ((await readdir(folder).catch(() => [])).length > 0) return true
  return (await packedRefs(repository)).includes(` ${ref}`)
}

/** Whether a working tree may have this branch checked out, the user's own or a linked one. False is certain. */
export async function mayBeCheckedOut(repository: Repository, branch: string): Promise<boolean> {
  if (!(await hasRefFiles(repository))) return true
  const { commonDir } = repository
  const linked = await readdir(join(commonDir, 'worktrees')).catch(() => [])
  const heads = [commonDir, ...linked.map((name) => join(commonDir, 'worktrees', name))].map((dir) => join(dir, 'HEAD'))
  const isOther = await Promise.all(
    heads.map(async (head) => {
      const content = await readLatin1(head).catch(() => undefined)
      if (content === undefined) return true
      const target = targetOf(content)
      if (target !== undefined) return target !== fromUtf8(`refs/heads/${branch}`)
      // A link to the ref was how git wrote HEAD long ago.
      return (await lstat(head).catch(() => undefined))?.isFile() === true
    }),
  )
  return isOther.includes(false)
}
