import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { readPlain } from '../files/plain.ts'
import type { ByteString } from './bytes.ts'
import type { PrivateGit } from './private-git.ts'

/** Of Baton's own git or any other. */
type Reading = Pick<PrivateGit, 'repository' | 'run'>

/**
 * Blobs of up to `maxBytes` by their ids; what is larger, no blob or not there is left out. Those that Baton has just
 * written lie in files of their own and cost no process; git is asked for the others.
 */
export async function readBlobs(
  own: Reading,
  oids: Iterable<string>,
  maxBytes: number,
): Promise<Map<string, ByteString>> {
  const found = new Map<string, ByteString>()
  const packed: string[] = []
  for (const oid of new Set(oids)) {
    const content = await readLoose(own, oid, maxBytes)
    if (content === undefined) packed.push(oid)
    else if (content !== 'too large') found.set(oid, content)
  }
  if (packed.length > 0) await readPacked(own, packed, maxBytes, found)
  return found
}

const HEADER_BYTES = 32

/** `blob 12\0` and the bytes, deflated. Undefined where there is no such file, or it cannot be read like that. */
async function readLoose(
  { repository }: Reading,
  oid: string,
  maxBytes: number,
): Promise<ByteString | 'too large' | undefined> {
  try {
    const file = join(repository.commonDir, 'objects', oid.slice(0, 2), oid.slice(2))
    const bytes = await readPlain(file, 2 * maxBytes)
    const whole = await promisify(inflate)(bytes, { maxOutputLength: maxBytes + HEADER_BYTES })
    const [header, size] = /^blob (\d+)\0/.exec(whole.subarray(0, HEADER_BYTES).toString('latin1')) ?? []
    if (header === undefined || whole.length !== header.length + Number(size)) return undefined
    return Number(size) > maxBytes ? 'too large' : whole.subarray(header.length).toString('latin1')
  } catch {
    return undefined
  }
}

/** Sizes first: a blob may be larger than memory. */
async function readPacked(
  own: Reading,
  oids: string[],
  maxBytes: number,
  found: Map<string, ByteString>,
): Promise<void> {
  const sizes = await own.run(['cat-file', '--batch-check'], { input: `${oids.join('\n')}\n` })
  const small = sizes.stdout
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, type, size]) => type === 'blob' && Number(size) <= maxBytes)
    .map(([oid = '']) => oid)
  if (small.length === 0) return
  const { stdout } = await own.run(['cat-file', '--batch'], { input: `${small.join('\n')}\n` })
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf('\n', at)
    const [oid = '', , size] = stdout.slice(at, end).split(' ')
    found.set(oid, stdout.slice(end + 1, end + 1 + Number(size)))
    at = end + 2 + Number(size)
  }
}
