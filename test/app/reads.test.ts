import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '../../src')

/** Who may read without a bound: what the system itself or the package made, and nobody else can change. */
const OWN_READS = new Set([
  'files/plain.ts',
  // /proc, where every file is short.
  'claude/process/brand.ts',
  'claude/process/later-pids.ts',
  'claude/process/memory-watch.ts',
  'claude/process/peer.ts',
  'claude/process/process-list.ts',
  'commands/shell/caller.ts',
  'store/place.ts',
  // What the package brings.
  'http/routes/home.ts',
  'version.ts',
])

it('every file that somebody else can turn into a pipe or a file without end is read through files/plain.ts', () => {
  const all = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  const files = all.filter((file) => file.endsWith('.ts') && !file.startsWith('rehearsal/'))
  const reads = /\b(readFile|readFileSync|createReadStream)\b|\bopen(Sync)?\([^)]*,\s*'r'\)/
  const wrong = files.filter((file) => !OWN_READS.has(file) && reads.test(readFileSync(join(SRC, file), 'utf8')))
  expect(wrong.map((file) => relative('.', file))).toEqual([])
})
