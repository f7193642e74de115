import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './figures.ts'

const PLACE = /(<!-- measured -->\n)[\s\S]*?(<!-- \/measured -->)/

/** The page with its table made from what was measured; what could not be measured is left out. */
export function withMeasured(page: string, rows: readonly Measured[], about: string): string {
  if (!PLACE.test(page)) throw new Error('README.md has no place for what was measured: <!-- measured -->')
  const lines = rows
    .filter(({ figure }) => figure !== 'not measured')
    .map(({ what, figure, goal }) => `| ${what} | ${figure} | ${goal.replace(/^goal /, '')} |`)
  const table = ['| | measured | goal |', '| --- | --- | --- |', ...lines].join('\n')
  return page.replace(PLACE, (_, open: string, close: string) => `${open}\n${about}\n\n${table}\n\n${close}`)
}

/** Writes the rows of this run into the README, with when and where they were measured, and what else the machine did before: its load. */
export function writeMeasured(rows: readonly Measured[], load: number): void {
  const root = join(import.meta.dirname, '..')
  const path = join(root, 'README.md')
  const day = new Date().toISOString().slice(0, 10)
  const cores = availableParallelism()
  const about = `Written by \`npm run bench -- --write\` on ${day}, on ${cores} cores with Node ${process.version} and a load of ${load.toFixed(1)} by other programs; each ratio within one run, the middle of some rounds with the smallest and the largest.`
  writeFileSync(path, withMeasured(readFileSync(path, 'utf8'), rows, about))
}
