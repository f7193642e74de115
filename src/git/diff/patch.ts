import { type ByteString, toBuffer } from '../bytes.ts'
import type { PrivateGit } from '../private-git.ts'
import { GitError } from '../program.ts'
import { readCommit } from '../read-commit.ts'
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
  const { stdout, truncated } = await own.run([...AS_PATCH, ...form, compared.from, compared.to], { maxBytes })
  const bytes = toBuffer(stdout)
  return { bytes: binary ? bytes : withMarkedCuts(bytes), truncated }
}

const AS_PATCH = ['diff-tree', '-r', '-p', '-M', '-l2000', '--no-ext-diff', '--no-textconv', '--no-color']

/**
 * Patches for reading of several ranges of one repository, by one process of git, in the order of the ranges. Undefined stands for one that
 * has to be asked for alone: together they were longer than `maxBytes`, or git could not read one of them.
 */
export async function patchesToRead(
  cwd: string,
  ranges: readonly Omit<CheckpointRange, 'cwd'>[],
  maxBytes: number,
): Promise<(Buffer | undefined)[]> {
  const own = await openAt(cwd)
  const headings: string[] = []
  for (const { from, to } of ranges) {
    const compared = await comparable(own, from, to)
    // Of two commits on a line git would take the second for the first one's parent.
    headings.push(`${await treeOf(own, compared.from)} ${await treeOf(own, compared.to)}\n`)
  }
  const how = { input: headings.join(''), maxBytes }
  const answer = await own.run([...AS_PATCH, '--stdin'], how).catch((error: unknown) => {
    if (error instanceof GitError && !error.missing) return undefined
    throw error
  })
  if (!answer) return ranges.map(() => undefined)
  return splitAtHeadings(answer.stdout, headings, answer.truncated).map((text) =>
    text === undefined ? undefined : withMarkedCuts(toBuffer(text)),
  )
}

async function treeOf({ repository }: PrivateGit, name: string): Promise<string> {
  return (await readCommit(repository, name))?.tree ?? name
}

/** Git says before each patch which trees it compares; every line of a patch begins with something else. */
function splitAtHeadings(text: ByteString, headings: readonly string[], isCut: boolean): (ByteString | undefined)[] {
  const parts: (ByteString | undefined)[] = []
  let at = text.startsWith(headings[0] ?? '') ? 0 : -1
  for (const [index, heading] of headings.entries()) {
    if (at === -1) {
      parts.push(undefined)
      continue
    }
    const begin = at + heading.length
    const following = headings[index + 1]
    const lineEnd = following === undefined ? -1 : text.indexOf(`\n${following}`, begin - 1)
    at = lineEnd === -1 ? -1 : lineEnd + 1
    const isWhole = at !== -1 || (following === undefined && !isCut)
    parts.push(isWhole ? text.slice(begin, at === -1 ? undefined : at) : undefined)
  }
  return parts
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
