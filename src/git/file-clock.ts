import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, openSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What time it is for the file system of this folder, in epoch ms. Its clock is not always ours: that of a network drive is
 * its server's, and ours can be set. To learn how old a file is, ask the clock that stamped it.
 */
export async function fileClock(folder: string): Promise<number> {
  const path = join(folder, `clock-${randomUUID()}`)
  const file = await open(path, 'wx')
  try {
    return (await file.stat()).ctimeMs
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

/** The same, for who cannot wait. */
export function fileClockSync(folder: string): number {
  const path = join(folder, `clock-${randomUUID()}`)
  const file = openSync(path, 'wx')
  try {
    return fstatSync(file).ctimeMs
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
}
