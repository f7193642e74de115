import { readdirSync, type Stats, statSync } from 'node:fs'
import { sep } from 'node:path'

/** What a folder held when it was last read, as whole paths. */
interface Listing {
  signature: string
  folders: string[]
  files: string[]
}

/** The clock of a file system may be this coarse: a folder that changed just before it was read may have changed again since. */
const COARSE_MS = 2_000

/**
 * Makes a function that gives every plain file and link below a folder, again and again: a folder that has stood still since it was
 * read is not read again. Folders are not followed through links.
 */
export function createFileLister(): (folder: string) => string[] {
  const known = new Map<string, Listing>()
  const listingOf = (folder: string): Listing => {
    const stats = statSync(folder)
    const signature = signatureOf(stats)
    const listing = known.get(folder)
    if (listing?.signature === signature) return listing
    const fresh: Listing = { signature, folders: [], files: [] }
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      fresh[entry.isDirectory() ? 'folders' : 'files'].push(`${folder}${sep}${entry.name}`)
    known.delete(folder)
    if (Date.now() - stats.ctimeMs > COARSE_MS) known.set(folder, fresh)
    return fresh
  }
  const gather = (folder: string, into: string[]): string[] => {
    try {
      const { folders, files } = listingOf(folder)
      for (const file of files) into.push(file)
      for (const one of folders) gather(one, into)
    } catch {
      // Gone, or not ours to read.
    }
    return into
  }
  return (folder) => gather(folder, [])
}

const signatureOf = ({ dev, ino, mtimeMs, ctimeMs }: Stats): string => `${dev} ${ino} ${mtimeMs} ${ctimeMs}`
