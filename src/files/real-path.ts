import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'

const MOST_LINKS = 40

/** A path through all links, also one that nothing stands at yet, or that a link without an end leads to. Never throws. */
export function realPath(path: string, left = MOST_LINKS): string {
  try {
    return realpathSync.native(path)
  } catch {
    if (left === 0 || dirname(path) === path) return path
    const above = realPath(dirname(path), left - 1)
    try {
      return realPath(resolve(above, readlinkSync(path)), left - 1)
    } catch {
      return join(above, basename(path))
    }
  }
}

/** Whether a folder is there, also behind links. Never throws. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** As some systems compare names: without their case, composed. Comparing so everywhere refuses a little too much. */
export const foldCase = (path: string): string => path.normalize('NFC').toLowerCase()

/** Is it the folder, or in it? Both absolute. */
export function isWithin(path: string, folder: string): boolean {
  const [one, other] = [foldCase(path), foldCase(folder)]
  return one === other || one.startsWith(other.endsWith(sep) ? other : other + sep)
}

/** What names a file on its disk, for one that has several names; undefined for all others. */
export function sharedIdentity(path: string): string | undefined {
  try {
    const found = statSync(path)
    return found.isFile() && found.nlink > 1 ? `${found.dev}:${found.ino}` : undefined
  } catch {
    return undefined
  }
}

/** Plain files right in a folder whose names begin so. Never throws. */
export function filesIn(folder: string, prefix = ''): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(folder, name))
      .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false)
  } catch {
    return []
  }
}
