import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds the program: package.json, bin, and the source or what was built from it. */
export function programFolder(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)))
}
