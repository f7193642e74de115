import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readPlain } from '../../files/plain.ts'
import { fileIdentity } from '../index-file.ts'
import { inRepository, type Repository } from '../repository.ts'
import { hasRefFiles } from './ref-files.ts'

/** Every ref and what it stands for; `refs/baton/` left out. */
export type Refs = Record<string, string>

/** The last answer of each repository, with a digest of the files that it was read from. */
const known = new Map<string, { mark: string; refs: Refs }>()

/** Lists the refs. Git is asked only when one of the files that hold them is another than at the last time. */
export async function refsOf(repository: Repository): Promise<Refs> {
  const mark = await markOf(repository)
  const last = known.get(repository.gitDir)
  if (last && mark !== undefined && last.mark === mark) return last.refs
  const { stdout } = await inRepository(repository)(['for-each-ref', '--format=%(objectname) %(refname)'])
  const refs = Object.fromEntries(
    stdout
      .split('\n')
      .filter(Boolean)
      .map(readRef)
      .filter(([name]) => !name.startsWith('refs/baton/')),
  )
  if (mark === undefined) known.delete(repository.gitDir)
  else known.set(repository.gitDir, { mark, refs })
  return refs
}

function readRef(line: string): [string, string] {
  const space = line.indexOf(' ')
  return [Buffer.from(line.slice(space + 1), 'latin1').toString('utf8'), line.slice(0, space)]
}

/** Loose refs by their content: two writes within one tick of the clock leave the same size and time. */
async function markOf(repository: Repository): Promise<string | undefined> {
  if (!(await hasRefFiles(repository))) return undefined
  const digest = createHash('sha256')
  const { commonDir, gitDir } = repository
  digest.update(`${await fileIdentity(join(commonDir, 'packed-refs'))}\n`)
  for (const dir of new Set([commonDir, gitDir])) await addLoose(digest, Buffer.from(join(dir, 'refs')), true)
  return digest.digest('hex')
}

/** Baton's own refs do not count, however many there are. */
async function addLoose(digest: ReturnType<typeof createHash>, folder: Buffer, isTop: boolean): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => [])
  entries.sort((a, b) => Buffer.compare(a.name, b.name))
  for (const entry of entries) {
    if (isTop && entry.name.toString('latin1') === 'baton') continue
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name])
    if (entry.isDirectory()) await addLoose(digest, path, false)
    // Nothing but a plain file holds a ref, and reading another kind might wait for ever.
    else
      digest
        .update(path)
        .update('\0')
        .update(entry.isFile() ? await readPlain(path).catch(() => '') : '?')
        .update('\0')
  }
}
