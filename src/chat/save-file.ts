import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { privateFolder } from '../files/private.ts'

/**
 * Puts a file into the inbox folder of a project under a name that is free, and keeps the folder out of git. Gives the
 * path seen from the project.
 */
export async function saveToInbox(
  project: string,
  inbox: string,
  { name, bytes }: { name: string; bytes: Buffer },
): Promise<string> {
  const dir = join(project, inbox)
  privateFolder(dir)
  await writeFile(join(dir, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const safe = safeName(name)
  // Never over an existing file, nor through a link that somebody put there.
  for (const free of [safe, `${randomBytes(4).toString('hex')}-${safe}`]) {
    try {
      await writeFile(join(dir, free), bytes, { flag: 'wx', mode: 0o600 })
      return `${inbox}/${free}`
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  throw new Error(`No free name for ${safe} in ${inbox}`)
}

/** A name without folders and without anything that a shell or a prompt could take for something else. */
function safeName(name: string): string {
  const base = (name.split(/[/\\]/).at(-1) ?? '').normalize('NFC').replace(/[^\p{L}\p{N}._-]+/gu, '-')
  return base.replace(/^[.-]+/, '').slice(-100) || 'file'
}
