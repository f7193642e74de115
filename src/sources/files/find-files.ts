import { existsSync, globSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { FileTask } from '../../taskfile/file-task.ts'

/** A path as people read it: seen from home where it lies inside, `/`-separated. */
export function shownPath(home: string, path: string): string {
  const inside = relative(home, path)
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/')
}

/** The files that the patterns name, in natural order, each once; a plain name means itself, there or not. */
export function findTaskFiles(home: string, patterns: readonly string[]): string[] {
  const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  const found = patterns.flatMap((pattern) => {
    // A name may hold signs of a pattern; what exists is meant literally.
    if (!/[*?[{]/.test(pattern) || existsSync(resolve(home, pattern))) return [resolve(home, pattern)]
    return globSync(pattern, { cwd: home })
      .map((path) => resolve(home, path))
      .sort(natural.compare)
  })
  return [...new Set(found)]
}

/** Where a task's file lies. */
export function fileOf(home: string, { origin }: FileTask): string {
  return resolve(home, origin.file)
}
