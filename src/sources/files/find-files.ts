import { existsSync, globSync, readdirSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { FileTask } from '../../taskfile/file-task.ts'

/** A path as people read it: seen from home where it lies inside, `/`-separated. */
export function shownPath(home: string, path: string): string {
  const inside = relative(home, path)
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/')
}

/** A folder, and one `*` in the names of its files. */
const SIMPLE = /^((?:[^*?[\]{}()!+@\\]+\/)?)([^*?[\]{}()!+@\\/]*)\*([^*?[\]{}()!+@\\/]*)$/

/**
 * What a pattern such as `tasks/*.md` finds; undefined for any other. It is looked for some times with every task, and Node's own
 * search takes a millisecond each time, and seven megabytes the first time.
 */
function simply(home: string, pattern: string): string[] | undefined {
  // Elsewhere names are the same whatever their case.
  const [, folder, head = '', tail = ''] = (process.platform === 'linux' && SIMPLE.exec(pattern)) || []
  if (folder === undefined) return undefined
  const isMeant = (name: string) =>
    name.length >= head.length + tail.length &&
    name.startsWith(head) &&
    name.endsWith(tail) &&
    (head !== '' || !name.startsWith('.'))
  return namesIn(resolve(home, folder)).flatMap((name) => (isMeant(name) ? [folder + name] : []))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

let natural: Intl.Collator | undefined

/** Made at first use: most patterns find one file. */
function inNaturalOrder(one: string, other: string): number {
  natural ??= new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  return natural.compare(one, other)
}

/** The files that the patterns name, in natural order, each once; a plain name means itself, there or not. */
export function findTaskFiles(home: string, patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) => {
    // A name may hold signs of a pattern; what exists is meant literally.
    if (!/[*?[{]/.test(pattern) || existsSync(resolve(home, pattern))) return [resolve(home, pattern)]
    return (simply(home, pattern) ?? globSync(pattern, { cwd: home }))
      .map((path) => resolve(home, path))
      .sort(inNaturalOrder)
  })
  return [...new Set(found)]
}

/** Where a task's file lies. */
export function fileOf(home: string, { origin }: FileTask): string {
  return resolve(home, origin.file)
}

/** The task files of a project, and those that its runs were started from otherwise; absolute paths. */
export function knownTaskFiles(
  home: string,
  patterns: readonly string[],
  runs: readonly { files: readonly string[] }[],
): string[] {
  const named = runs.flatMap(({ files }) => files).map((file) => resolve(home, file))
  return [...new Set([...findTaskFiles(home, patterns), ...named])]
}
