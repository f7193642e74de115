import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ProjectConfig } from '../../config/types.ts'
import { makeFolder } from './make-folder.ts'

/**
 * Makes the folder that Baton chose for work when the user named none, as a repository of its own, so that there is a diff
 * and an undo. A folder of the user's is never made: that one is missing would be a mistake in its name.
 */
export function makeWorkFolder({ path, makeFolder: isOwn }: Pick<ProjectConfig, 'path' | 'makeFolder'>): void {
  if (!isOwn) return
  makeFolder(path)
  // A folder that somebody filled before is left as it is, but a new one inside of a checkout would belong to that.
  if (existsSync(join(path, '.git'))) return
  try {
    execFileSync('git', ['init', '--quiet'], { cwd: path, stdio: 'ignore' })
  } catch {
    // No git here; the receipts say what that means.
  }
}
