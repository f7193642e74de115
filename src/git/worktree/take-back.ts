import { readlinkSync } from 'node:fs'
import { rm, rmdir } from 'node:fs/promises'
import { readPlain } from '../../files/plain.ts'
import { type ByteString, foldersAbove, fromUtf8, joinNul, pathText, splitNul, toBuffer } from '../bytes.ts'
import { type TreeChange, treeDiff } from '../diff/tree-diff.ts'
import { lookInto, onDisk } from '../disk.ts'
import { MAX_FILE_BYTES } from '../max-file.ts'
import { readBlobs } from '../read-object.ts'
import { inRepository, type Repository } from '../repository.ts'
import { safeRun } from '../safe-run.ts'

/**
 * Takes a fast-forward back that did not come to its end (a full disk, a kill): git writes the files first and the index and the
 * branch last, so that the files it has written look like changes of the user's. Files that hold what `to` has get the content of
 * `from` again, and new ones go; nothing that is only there is touched. `among`: these alone, and only if that is true of all of them.
 * Without it, it failed just now, and a file may hold no more than the beginning of what `to` has.
 */
export async function takeBack(
  repository: Repository,
  { from, to, among }: { from: string; to: string; among?: readonly string[] },
): Promise<void> {
  // Nothing of Baton's own is opened here: that writes, and the disk may be full.
  const run = await safeRun(repository)
  const status = splitNul((await run(['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames'])).stdout)
  // What is staged is the user's.
  const dirty = new Map(status.map((line) => [line.slice(3), line.slice(0, 2)]))
  const changed = (await treeDiff({ run }, from, to)).filter(({ path }) =>
    /^(\?\?| [MDT])$/.test(dirty.get(path) ?? ''),
  )
  const isOf = await comparing(repository, changed, among === undefined)
  const meant = among && new Set(among)
  const back = changed.filter((change) => (meant?.has(pathText(change.path)) ?? true) && isOf(change))
  if (meant && back.length < meant.size) return
  const restored: ByteString[] = []
  for (const { path, before } of back) {
    if (before) restored.push(path)
    else await removeNew(repository.root, path)
  }
  // Afterwards, since a file may be where a folder was made; one that holds something else would go with all that is in it.
  const input = joinNul(restored.filter((path) => !lookAtPath(repository.root, path)?.isDirectory()))
  if (input !== '') await run(['checkout-index', '--force', '--quiet', '-z', '--stdin'], { input })
}

const lookAtPath = (root: string, path: ByteString) => lookInto(root)(path)

async function removeNew(root: string, path: ByteString): Promise<void> {
  await rm(onDisk(root, path), { force: true })
  for (const folder of foldersAbove(path).reverse()) await rmdir(onDisk(root, folder)).catch(() => undefined)
}

/** Says of a change whether its path is as the later commit has it. */
async function comparing(
  repository: Repository,
  changed: readonly TreeChange[],
  isTorn: boolean,
): Promise<(change: TreeChange) => boolean> {
  const { root } = repository
  const look = (path: ByteString) => lookAtPath(root, path)
  const files = changed.filter(({ path, after }) => after?.mode.startsWith('100') && look(path)?.isFile())
  // As git would store it, so that line ends and filters count; a name of several lines cannot be asked about.
  const named = files.filter(({ path }) => !/^"|\n/.test(path))
  const input = named.map(({ path }) => `${path}\n`).join('')
  const { stdout } =
    named.length === 0 ? { stdout: '' } : await (await safeRun(repository))(['hash-object', '--stdin-paths'], { input })
  const hashes = new Map(stdout.split('\n').map((oid, index) => [named[index]?.path, oid]))
  const others = changed.filter(({ path, after }) => after && hashes.get(path) !== after.oid)
  const wanted = others.flatMap(({ after }) => after?.oid ?? [])
  const blobs = await readBlobs({ repository, run: inRepository(repository) }, wanted, MAX_FILE_BYTES)
  const begun = new Set<ByteString>()
  for (const { path, after } of others) {
    const whole = blobs.get(after?.oid ?? '')
    const found = look(path)
    if (whole === undefined || !found) continue
    if (found.isSymbolicLink() && fromUtf8(readlinkSync(onDisk(root, path), 'utf8')) === whole) begun.add(path)
    if (isTorn && found.isFile() && found.size < whole.length)
      if (
        toBuffer(whole)
          .subarray(0, found.size)
          .equals(await readPlain(onDisk(root, path), MAX_FILE_BYTES))
      )
        begun.add(path)
  }
  return ({ path, after }) =>
    after
      ? hashes.get(path) === after.oid || begun.has(path) || (isTorn && !look(path))
      : (look(path)?.isDirectory() ?? true)
}
