import { createHash } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { readPlain } from '../../files/plain.ts'

/** Of a folder that is worked in, and of those above it. */
const FILES = ['CLAUDE.md', 'CLAUDE.local.md', 'AGENTS.md', '.mcp.json', '.git', '.git/HEAD', '.git/index']
/** Below `.claude` and the user's own folder of Claude: what is there besides grows with every session. */
const SETTINGS = ['settings.json', 'settings.local.json', 'CLAUDE.md']
const FOLDERS = ['agents', 'commands', 'skills', 'rules', 'hooks', 'output-styles', 'plugins']
/** A folder that holds more than this is known by its own time alone. */
const MAX_ENTRIES = 2_000
/** `@path` in a CLAUDE.md takes that file in. */
const IMPORT = /(?:^|\s)@([^\s`]+)/g
const MAX_MEMORY_BYTES = 256 * 1024

/**
 * A digest of what Claude reads when it starts and never again: instructions, settings, agents, skills, and where git
 * stands. A Claude started ahead is as good as a new one while this stays the same.
 */
export async function markOfStart(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const digest = createHash('sha256')
  const note = async (path: string) => digest.update(`${path} ${await identity(path)}\n`)
  const own = env.CLAUDE_CONFIG_DIR ?? join(env.HOME ?? homedir(), '.claude')
  const homes = [own]
  const memories = [join(own, 'CLAUDE.md')]
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of FILES) await note(join(folder, name))
    memories.push(join(folder, 'CLAUDE.md'), join(folder, 'CLAUDE.local.md'))
    homes.push(join(folder, '.claude'))
    if (folder === dirname(folder)) break
  }
  for (const home of homes) {
    for (const name of SETTINGS) await note(join(home, name))
    for (const name of FOLDERS) await noteAll(join(home, name), note, { left: MAX_ENTRIES })
  }
  for (const memory of memories) for (const path of await importsOf(memory)) await note(path)
  return digest.digest('hex')
}

async function noteAll(folder: string, note: (path: string) => Promise<unknown>, count: { left: number }) {
  await note(folder)
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (count.left-- <= 0) return
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await noteAll(path, note, count)
    else await note(path)
  }
}

async function importsOf(memory: string): Promise<string[]> {
  const text = await readPlain(memory, MAX_MEMORY_BYTES).then(String, () => '')
  return [...text.matchAll(IMPORT)].map(([, path = '']) =>
    path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(dirname(memory), path),
  )
}

async function identity(path: string): Promise<string> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined)
  // A folder's time moves with everything that is put into it; that it is there, and the same one, is enough.
  if (!found) return ''
  return found.isDirectory() ? `${found.ino}` : `${found.ino}-${found.size}-${found.mtimeNs}-${found.ctimeNs}`
}
