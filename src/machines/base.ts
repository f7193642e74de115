import { git } from '../git/program.ts'

/** Whether the work of a folder starts from a commit, or from one that has it behind it. */
export async function startsFrom(cwd: string, commit: string): Promise<boolean> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return false
  try {
    await git(['merge-base', '--is-ancestor', commit, 'HEAD'], { cwd })
    return true
  } catch {
    return false
  }
}

/** The commit that a folder is at; undefined where there is none. */
export async function checkedOutCommit(cwd: string): Promise<string | undefined> {
  try {
    return (await git(['rev-parse', '-q', '--verify', 'HEAD'], { cwd })).stdout.trim()
  } catch {
    return undefined
  }
}
