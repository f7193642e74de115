import { createHash } from 'node:crypto'
import { type BigIntStats, type Dirent, lstatSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { readPlainSync } from '../../files/plain.ts'

/** Of a folder that is worked in, and of those above it. */
const FILES = ['AGENTS.md', '.mcp.json']
const MEMORIES = ['CLAUDE.md', 'CLAUDE.local.md']
/** Where git stands. */
const IN_GIT = ['HEAD', 'index']
/** Below `.claude` and the user's own folder of Claude: what is there besides grows with every session. */
const SETTINGS = ['settings.json', 'settings.local.json', 'CLAUDE.md']
const FOLDERS = ['agents', 'commands', 'skills', 'rules', 'hooks', 'output-styles', 'plugins']
/** Among the plugins, where Claude itself notes every one of its starts. */
const STORE = 'store'
/** A folder that holds more than this is known by its own time alone. */
const MAX_ENTRIES = 2_000
/** `@path` in a CLAUDE.md takes that file in. */
const IMPORT = /(?:^|\s)@([^\s`]+)/g
const MAX_MEMORY_BYTES = 256 * 1024

/**
 * A digest of what Claude reads when it starts and never again: instructions, settings, agents, skills, and where git
 * stands. A Claude started ahead is as good as a new one while this stays the same. Not asynchronous: between two tasks a
 * hundred looks at files take a millisecond like this, and many times that when each is waited for.
 */
export function markOfStart(cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  const digest = createHash('sha256')
  /** Gives whether it is there: what is not there has nothing in it to be looked for. */
  const note = (path: string): boolean => {
    const found = identity(path)
    digest.update(`${path} ${found}\n`)
    return found !== ''
  }
  const own = env.CLAUDE_CONFIG_DIR ?? join(env.HOME ?? homedir(), '.claude')
  const homes = [own]
  const memories = [join(own, 'CLAUDE.md')]
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of FILES) note(join(folder, name))
    if (note(join(folder, '.git'))) for (const name of IN_GIT) note(join(folder, '.git', name))
    memories.push(...MEMORIES.map((name) => join(folder, name)))
    homes.push(join(folder, '.claude'))
    if (folder === dirname(folder)) break
  }
  for (const home of homes) {
    if (!note(home)) continue
    for (const name of SETTINGS) note(join(home, name))
    const store = join(home, 'plugins', STORE)
    for (const name of FOLDERS) noteAll(join(home, name), (path) => path !== store && note(path), { left: MAX_ENTRIES })
  }
  for (const memory of memories) if (note(memory)) for (const path of importsOf(memory)) note(path)
  return digest.digest('hex')
}

function noteAll(folder: string, note: (path: string) => boolean, count: { left: number }): void {
  if (!note(folder)) return
  for (const entry of entriesOf(folder)) {
    if (count.left-- <= 0) return
    const path = join(folder, entry.name)
    if (entry.isDirectory()) noteAll(path, note, count)
    else note(path)
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function importsOf(memory: string): string[] {
  return [...textOf(memory).matchAll(IMPORT)].map(([, path = '']) =>
    path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(dirname(memory), path),
  )
}

function textOf(path: string): string {
  try {
    return String(readPlainSync(path, MAX_MEMORY_BYTES))
  } catch {
    return ''
  }
}

function identity(path: string): string {
  const found = lookAt(path)
  // A folder's time moves with everything that is put into it; that it is there, and the same one, is enough.
  if (!found) return ''
  return found.isDirectory() ? `${found.ino}` : `${found.ino}-${found.size}-${found.mtimeNs}-${found.ctimeNs}`
}

function lookAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
