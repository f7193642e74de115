import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Without a sign of a repository here or above, git need not be asked: starting it costs more than looking. */
export async function mayBeRepository(cwd: string): Promise<boolean> {
  for (let folder = await realpath(cwd); ; folder = dirname(folder)) {
    // A bare repository has no `.git`; that it is one is git's to say.
    if (existsSync(join(folder, '.git')) || existsSync(join(folder, 'objects'))) return true
    if (folder === dirname(folder)) return false
  }
}
