import { toBuffer } from '../bytes.ts'
import { type CheckpointRange, openAt } from './changes.ts'
import { comparable } from './comparable.ts'

export interface Patch {
  /** As `git apply` reads it. Bytes, because the files of a project need not be UTF-8. */
  bytes: Buffer
  /** It was longer than `maxBytes`. */
  truncated: boolean
}

/**
 * The whole difference as a patch with full binary content, so that `git apply` makes `to` out of `from`. With
 * `binary: false`, for reading, binary files are only named. At most `maxBytes` (default 20 MiB).
 */
export async function patch({
  cwd,
  from,
  to,
  binary = true,
  maxBytes = 20 * 1024 * 1024,
}: CheckpointRange & PatchOptions): Promise<Patch> {
  const own = await openAt(cwd)
  const compared = await comparable(own, from, to)
  const form = binary ? ['--binary', '--full-index'] : []
  const args = [
    'diff-tree',
    '-r',
    '-p',
    '-M',
    '-l2000',
    ...form,
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    compared.from,
    compared.to,
  ]
  const { stdout, truncated } = await own.run(args, { maxBytes })
  const bytes = toBuffer(stdout)
  return { bytes: binary ? bytes : withMarkedCuts(bytes), truncated }
}

/** Git cuts the line that it shows beside a hunk's numbers after 80 bytes; in a patch for reading the cut should be visible. */
function withMarkedCuts(bytes: Buffer): Buffer {
  const marked = bytes.toString('latin1').replace(/^@@ -[\d,]+ \+[\d,]+ @@ [^\n]{75,}$/gm, (line) => line + ELLIPSIS)
  return Buffer.from(marked, 'latin1')
}

const ELLIPSIS = Buffer.from('…').toString('latin1')

export interface PatchOptions {
  binary?: boolean
  maxBytes?: number
}
