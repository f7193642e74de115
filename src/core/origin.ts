import type { Origin } from './types.ts'

/** Where people find what the task was made from: `tasks/today.md:14`, or a link. */
export function originText({ file: path, shownAs, line, url, source, ref }: Origin): string {
  const file = shownAs ?? path
  if (file !== undefined) return line === undefined ? file : `${file}:${line}`
  return url ?? `${source} ${ref}`
}

/** The same for the same task in every run, whatever its place in the file. The store keeps it as `identity`. */
export function originId({ source, file, ref }: Origin): string {
  return `${file ?? source}\n${ref}`
}
