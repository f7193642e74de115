import { readFileSync } from 'node:fs'

/** The version in package.json, which lies above the source as well as above what is built from it. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version?: unknown }).version)
}
