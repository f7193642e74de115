import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PrivateGit } from './private-git.ts'

/** A folder of our own on the repository's file system, readable by nobody else, that is gone afterwards. */
export async function withFolder<T>(own: PrivateGit, purpose: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(own.dir, `${purpose}-${randomUUID()}`)
  await mkdir(folder, { mode: 0o700 })
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
