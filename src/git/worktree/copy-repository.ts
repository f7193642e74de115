import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PrivateGit } from '../private-git.ts'
import { type GitCall, git } from '../program.ts'
import { headOf } from '../watch/head.ts'
import { refsOf } from '../watch/refs.ts'

/** Kept from the user's configuration: how files and people are named. Nothing of it runs a program. */
const CARRIED = ['user.name', 'user.email', 'core.autocrlf', 'core.filemode', 'core.symlinks', 'core.ignorecase']

/**
 * Makes a folder with the files of a tree a repository of its own, so that what asks git there is answered as in the project:
 * the same branch, history and tags, and `commit` as HEAD. It borrows the project's objects and keeps what is new for itself;
 * no hook or filter comes along, and nothing of the user's repository is written.
 */
export async function copyRepository(
  { repository, config }: PrivateGit,
  folder: string,
  commit?: string,
): Promise<void> {
  const { commonDir, objectFormat } = repository
  const inside = join(folder, '.git')
  const call: GitCall = { cwd: folder, env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' } }
  await git(['init', '-q', '--template=', `--object-format=${objectFormat}`, '.'], call)
  await mkdir(join(inside, 'info'), { recursive: true })
  await writeFile(join(inside, 'objects', 'info', 'alternates'), `${quoted(join(commonDir, 'objects'))}\n`)
  // Of a clone without its whole history git must know where that ends.
  for (const file of ['shallow', join('info', 'exclude')])
    await copyFile(join(commonDir, file), join(inside, file)).catch(() => undefined)
  for (const key of CARRIED) {
    const value = config.get(key)
    if (value !== undefined) await git(['config', key, value], call)
  }
  const [head, refs] = await Promise.all([headOf(repository), refsOf(repository)])
  const at = commit ?? head.commit
  const names = Object.entries(refs).filter(
    ([name]) => /^refs\/(heads|tags|remotes)\//.test(name) && name !== head.branch,
  )
  const all = head.branch === undefined || at === undefined ? names : [...names, [head.branch, at] as const]
  await writeFile(join(inside, 'packed-refs'), all.map(([name, oid]) => `${oid} ${name}\n`).join(''))
  await writeFile(join(inside, 'HEAD'), head.branch === undefined ? `${at}\n` : `ref: ${head.branch}\n`)
  // As if all of HEAD had been checked out, and the rest changed after it.
  if (at !== undefined) await git(['read-tree', at], call)
}

/** Git reads a path in its list of borrowed objects as a C string where it begins with a quote. */
const quoted = (path: string): string =>
  path.startsWith('"') || path.includes('\n') ? `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"` : path
