import { accessSync, constants } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '../text/sha256.ts'

/**
 * A folder readable by us alone, outside the project: tools look for their settings in the folders above. What a killed
 * process has left there goes first. On a disk and not in memory, where the system has both.
 */
export async function withCopyFolder<T>(key: string, use: (folder: string) => Promise<T>): Promise<T> {
  const mine = `baton-${sha256(key).slice(0, 16)}`
  const parent = join(temporaryFolder(), mine)
  await rm(parent, { recursive: true, force: true })
  // Fails where somebody else has made it.
  await mkdir(parent, { mode: 0o700 })
  try {
    return await use(await mkdtemp(join(parent, 'copy-')))
  } finally {
    await rm(parent, { recursive: true, force: true, maxRetries: 3 })
  }
}

function temporaryFolder(): string {
  const disk = '/var/tmp'
  if (process.env.TMPDIR || process.platform === 'win32') return tmpdir()
  try {
    accessSync(disk, constants.W_OK)
    return disk
  } catch {
    return tmpdir()
  }
}
