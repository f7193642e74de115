import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteString, toBuffer } from '../bytes.ts'
import { readLatin1 } from '../read-latin1.ts'
import { inRepository, type Repository } from '../repository.ts'

/** What HEAD says. Both absent: there is nothing yet. */
export interface Head {
  /** Commit; absent before the first one. */
  commit?: string
  /** Checked-out branch, `refs/heads/…`; absent when HEAD is detached. */
  branch?: string
}

/** Refs are files, in the format that every git before reftable has; a process would cost more than reading them. */
export async function hasRefFiles({ commonDir }: Repository): Promise<boolean> {
  return !(await stat(join(commonDir, 'reftable')).catch(() => undefined))
}

/** Reads HEAD: from its files where they are files, from git elsewhere. */
export async function headOf(repository: Repository): Promise<Head> {
  if (!(await hasRefFiles(repository))) return askGit(repository)
  const content = await readLatin1(join(repository.gitDir, 'HEAD')).catch(() => '')
  const branch = targetOf(content)
  const commit = branch === undefined ? oidOf(content) : await resolve(repository, branch, 0)
  return { ...(commit && { commit }), ...(branch && { branch: text(branch) }) }
}

/** What a ref's file holds: another ref's name, … */
function targetOf(content: ByteString): ByteString | undefined {
  return /^ref: *([^\n]+?)\s*$/.exec(content)?.[1]
}

/** … or an object's. */
function oidOf(content: ByteString): string | undefined {
  return /^[0-9a-f]{40,64}/.exec(content)?.[0]
}

/** Refs that name refs are followed as far as git does. */
async function resolve(repository: Repository, ref: ByteString, depth: number): Promise<string | undefined> {
  const path = Buffer.concat([Buffer.from(`${repository.commonDir}/`), toBuffer(ref)])
  const content = await readLatin1(path).catch(() => undefined)
  if (content === undefined) return packed(repository, ref)
  const target = targetOf(content)
  return target !== undefined && depth < 5 ? resolve(repository, target, depth + 1) : oidOf(content)
}

async function packed({ commonDir }: Repository, ref: ByteString): Promise<string | undefined> {
  const all = `\n${await readLatin1(join(commonDir, 'packed-refs')).catch(() => '')}`
  const at = all.indexOf(` ${ref}\n`)
  return at === -1 ? undefined : oidOf(all.slice(all.lastIndexOf('\n', at) + 1, at))
}

async function askGit(repository: Repository): Promise<Head> {
  const say = async (...args: string[]) => (await inRepository(repository)(args, { accept: [0, 1, 128] })).stdout.trim()
  const [commit, branch] = await Promise.all([
    say('rev-parse', '-q', '--verify', 'HEAD'),
    say('symbolic-ref', '-q', 'HEAD'),
  ])
  return { ...(commit && { commit }), ...(branch && { branch: text(branch) }) }
}

function text(bytes: ByteString): string {
  return toBuffer(bytes).toString('utf8')
}
