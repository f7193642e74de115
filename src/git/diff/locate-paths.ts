import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { splitNul, toBuffer } from '../bytes.ts'
import { inRepository } from '../repository.ts'
import { openAt } from './changes.ts'
import { treeFiles } from './tree-diff.ts'

/** In the checkpoint; on disk only (ignored, or outside the repository); nowhere. */
export type Where = 'recorded' | 'unrecorded' | 'absent'

/**
 * Where files are that a text speaks of, by a path from anywhere or a name alone. `commit` is the checkpoint to look in.
 * Throws when there is no repository.
 */
export async function locatePaths({
  cwd,
  commit,
  paths,
}: {
  cwd: string
  commit: string
  paths: readonly string[]
}): Promise<Map<string, Where>> {
  const found = new Map<string, Where>()
  if (paths.length === 0) return found
  const own = await openAt(cwd)
  const recorded = [...(await treeFiles(own, commit, () => true)).keys()].map(
    (path) => `/${toBuffer(path).toString('utf8')}`,
  )
  const isRecorded = (path: string) => recorded.some((file) => file.endsWith(tail(path)) || `/${path}`.endsWith(file))
  const open = paths.filter((path) => {
    if (isRecorded(path)) found.set(path, 'recorded')
    else if (existsSync(resolve(cwd, path)) || existsSync(resolve(own.repository.root, path)))
      found.set(path, 'unrecorded')
    return !found.has(path)
  })
  const ignored = open.length > 0 ? await ignoredFiles(own.repository) : []
  for (const path of open) found.set(path, ignored.some((file) => file.endsWith(tail(path))) ? 'unrecorded' : 'absent')
  return found
}

function tail(path: string): string {
  return `/${path.replace(/^(?:\.{0,2}\/)+/, '')}`
}

async function ignoredFiles(repository: Parameters<typeof inRepository>[0]): Promise<string[]> {
  const { stdout } = await inRepository(repository)(['ls-files', '--others', '--ignored', '--exclude-standard', '-z'])
  return splitNul(stdout).map((path) => `/${toBuffer(path).toString('utf8')}`)
}
