import { randomUUID } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPlain } from '../../files/plain.ts'
import { headCommit, moveHead, type PrivateGit } from '../private-git.ts'

/** The checkpoint taken last in a working tree; a ref holds it. While nothing changes it serves as the next one too. */
export interface LastCheckpoint {
  commit: string
  tree: string
  /** What it knows beyond its tree, in its stored form. */
  meta: string
}

const fileIn = ({ dir }: PrivateGit) => join(dir, 'last-checkpoint.json')

/**
 * Undefined when there is none that can be relied on: then a new one is made. HEAD of our own git directory names it, and
 * git looks at HEAD with every scan; so a commit that is gone is noticed there (see `forgetCheckpoint`).
 */
export async function lastCheckpoint(own: PrivateGit): Promise<LastCheckpoint | undefined> {
  try {
    const last = JSON.parse((await readPlain(fileIn(own))).toString('utf8')) as LastCheckpoint
    return (await headCommit(own.dir)) === last.commit ? last : undefined
  } catch {
    return undefined
  }
}

/** For a scan that failed: what it built on may be what is broken. */
export async function forgetCheckpoint(own: PrivateGit): Promise<void> {
  await moveHead(own)
}

export async function rememberCheckpoint(own: PrivateGit, last: LastCheckpoint): Promise<void> {
  const file = `${fileIn(own)}-${randomUUID()}`
  await writeFile(file, JSON.stringify(last))
  await rename(file, fileIn(own))
  await moveHead(own, last.commit)
}
