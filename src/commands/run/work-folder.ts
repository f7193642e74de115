import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProjectConfig } from '../../config/types.ts'

/**
 * Makes the folder that Baton chose for work when the user named none, as a repository of its own, so that there is a diff
 * and an undo. A folder of the user's is never made: that one is missing would be a mistake in its name.
 */
export function makeWorkFolder({ path, makeFolder: isOwn }: Pick<ProjectConfig, 'path' | 'makeFolder'>): void {
  if (!isOwn) return
  makeFolder(path)
  // A folder that somebody filled before is left as it is, but a new one inside a checkout would belong to that.
  if (existsSync(join(path, '.git'))) return
  try {
    execFileSync('git', ['init', '--quiet'], { cwd: path, stdio: 'ignore' })
  } catch {
    // No git here; the receipts say what that means.
  }
}

/**
 * Makes a folder with those above it. Node's own `recursive` tries for ever where a folder that is there says that it is
 * not, as those of /proc do. Throws what the file system says.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path || isThere(dirname(path))) throw error
    makeFolder(dirname(path))
    makeFolder(path)
  }
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined
