import type { Stats } from 'node:fs'
import { type ByteString, joinNul, splitNul } from '../bytes.ts'
import type { PrivateGit } from '../private-git.ts'
import { inRepository } from '../repository.ts'

/** A file as the user's index has it, and as it is on disk. */
export interface IndexedFile {
  oid: string
  onDisk: Stats
}

/**
 * Those files of the user's index whose stored content may differ from the bytes on disk, because git converted them on
 * the way in. Line endings that were converted made the stored content shorter; so a file that is as long as what is
 * stored, and unchanged by its times, is the same byte for byte, and needs not be read again. Filters, encodings and
 * `$Id$` give no such sign.
 */
export async function convertedFiles(
  own: PrivateGit,
  files: ReadonlyMap<ByteString, IndexedFile>,
): Promise<ByteString[]> {
  const converted: ByteString[] = []
  const lineEndings: ByteString[] = []
  const attributed = await attributesOf(own, files.keys())
  for (const path of own.autocrlf ? files.keys() : attributed.keys()) {
    const attributes = attributed.get(path)
    const on = (name: string) => ![undefined, 'unspecified', 'unset'].includes(attributes?.get(name))
    if (on('filter') || on('ident') || on('working-tree-encoding')) converted.push(path)
    else if (on('text') || on('crlf') || on('eol') || (own.autocrlf && attributes?.get('text') !== 'unset'))
      lineEndings.push(path)
  }
  const sizes = await storedSizes(own, lineEndings, files)
  return [...converted, ...lineEndings.filter((path) => sizes.get(path) !== files.get(path)?.onDisk.size)]
}

/** Those that have any, as the user's own configuration gives them. */
async function attributesOf({ repository }: PrivateGit, paths: Iterable<ByteString>) {
  const { stdout } = await inRepository(repository)(['check-attr', '-z', '--all', '--stdin'], { input: joinNul(paths) })
  const found = new Map<ByteString, Map<string, string>>()
  const fields = splitNul(stdout)
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const [path, name, value] = fields.slice(i, i + 3) as [ByteString, string, string]
    const attributes = found.get(path) ?? new Map<string, string>()
    found.set(path, attributes.set(name, value))
  }
  return found
}

async function storedSizes(own: PrivateGit, paths: ByteString[], files: ReadonlyMap<ByteString, IndexedFile>) {
  const sizes = new Map<ByteString, number>()
  if (paths.length === 0) return sizes
  const input = paths.map((path) => `${files.get(path)?.oid}\n`).join('')
  const { stdout } = await own.run(['cat-file', '--batch-check=%(objectsize)'], { input })
  // What is not there is answered by `<oid> missing`, which is no number and equals no size.
  for (const [i, line] of stdout.split('\n').entries()) sizes.set(paths[i] ?? '', Number(line))
  return sizes
}
