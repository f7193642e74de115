import { join } from 'node:path'
import { type ByteString, toBuffer } from '../bytes.ts'
import { readLatin1 } from '../read-latin1.ts'
import { inRepository, type Repository } from '../repository.ts'
import { hasRefFiles, oidOf, resolveRef, targetOf } from './ref-files.ts'

/** What HEAD says. Both absent: there is nothing yet. */
export interface Head {
  /** Commit; absent before the first one. */
  commit?: string
  /** Checked-out branch, `refs/heads/…`; absent when HEAD is detached. */
  branch?: string
}

/** Reads HEAD: from its files where they are files, from git elsewhere. */
export async function headOf(repository: Repository): Promise<Head> {
  if (!(await hasRefFiles(repository))) return askGit(repository)
  const content = await readLatin1(join(repository.gitDir, 'HEAD')).catch(() => '')
  const branch = targetOf(content)
  const commit = branch === undefined ? oidOf(content) : await resolveRef(repository, branch)
  return { ...(commit && { commit }), ...(branch && { branch: text(branch) }) }
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
