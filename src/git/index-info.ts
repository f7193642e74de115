import type { ByteString } from './bytes.ts'
import type { TreeEntry } from './diff/tree-diff.ts'
import type { Repository } from './repository.ts'

/** Input of `update-index -z --index-info`; an undefined entry takes its path out. */
export function indexInfo(
  { objectFormat }: Repository,
  entries: Iterable<readonly [ByteString, TreeEntry | undefined]>,
): ByteString {
  const noObject = '0'.repeat(objectFormat === 'sha256' ? 64 : 40)
  let lines = ''
  for (const [path, entry] of entries)
    lines += entry ? `${entry.mode} ${entry.oid}\t${path}\0` : `0 ${noObject}\t${path}\0`
  return lines
}
