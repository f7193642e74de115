import { existsSync } from 'node:fs'
import { lstat, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { fromUtf8 } from './bytes.ts'
import { readLatin1 } from './read-latin1.ts'

/** A working tree that Baton made: what its `.git` file leads to. Whoever works there can write that file. */
export interface Pin {
  root: string
  gitDir: string
  commonDir: string
}

const pins = new Map<string, Pin>()

/** From now on git is not asked in this tree unless its `.git` leads where it did when it was made. */
export const pinTree = (pin: Pin): void => void pins.set(pin.root, pin)
export const unpinTree = (root: string): void => void pins.delete(root)

/** The pinned tree that a folder is in. */
export function pinOf(folder: string): Pin | undefined {
  for (const pin of pins.values()) if (folder === pin.root || folder.startsWith(pin.root + sep)) return pin
  return undefined
}

/** Whether the tree leads where it should. */
export async function isAsPinned({ root, gitDir, commonDir }: Pin): Promise<boolean> {
  const found = await lstat(join(root, '.git')).catch(() => undefined)
  if (!found?.isFile()) return false
  const [pointer, common] = await Promise.all(
    [join(root, '.git'), join(gitDir, 'commondir')].map((file) => readLatin1(file).catch(() => '')),
  )
  return pointer === fromUtf8(`gitdir: ${gitDir}\n`) && resolve(gitDir, common?.trimEnd() || '.') === commonDir
}

/**
 * Makes the tree lead where it should. True: it did not. What stood in the place of its `.git` is kept beside what git knows of the
 * tree; where git knows nothing of it any more, nothing is done.
 */
export async function leadBack(pin: Pin): Promise<boolean> {
  const { root, gitDir, commonDir } = pin
  const isFolder = (await lstat(root).catch(() => undefined))?.isDirectory() === true
  if (!existsSync(join(gitDir, 'HEAD')) || !isFolder || (await isAsPinned(pin))) return false
  const dotGit = join(root, '.git')
  if (await lstat(dotGit).catch(() => undefined))
    await rename(dotGit, join(gitDir, `replaced-${Date.now()}`)).catch(() =>
      rm(dotGit, { recursive: true, force: true }),
    )
  await writeFile(dotGit, `gitdir: ${gitDir}\n`, { flag: 'wx' })
  await writeFile(join(gitDir, 'commondir'), `${relative(gitDir, commonDir)}\n`)
  return true
}
