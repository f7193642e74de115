import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'

/** What a folder held when it was last read. */
interface Listing {
  signature: string
  entries: Dirent[]
}

/** The clock of a file system may be this coarse: a folder that changed just before it was read may have changed again since. */
const COARSE_MS = 2_000

/**
 * Makes a function that gives every plain file and link below a folder, again and again: a folder that has stood still since it was
 * read is not read again. Folders are not followed through links.
 */
export function createFileLister(): (folder: string) => string[] {
  const known = new Map<string, Listing>()
  const entriesOf = (folder: string): Dirent[] => {
    const stats = statSync(folder)
    const signature = signatureOf(stats)
    const listing = known.get(folder)
    if (listing?.signature === signature) return listing.entries
    const entries = readdirSync(folder, { withFileTypes: true })
    known.delete(folder)
    if (Date.now() - stats.ctimeMs > COARSE_MS) known.set(folder, { signature, entries })
    return entries
  }
  const below = (folder: string): string[] => {
    try {
      return entriesOf(folder).flatMap((entry) => {
        const path = join(folder, entry.name)
        return entry.isDirectory() ? below(path) : [path]
      })
    } catch {
      return []
    }
  }
  return below
}

const signatureOf = ({ dev, ino, mtimeMs, ctimeMs }: Stats): string => `${dev} ${ino} ${mtimeMs} ${ctimeMs}`
