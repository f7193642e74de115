import { createHash } from 'node:crypto'
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import type { BuiltArtifact } from '../core/types.ts'
import { readPlainSync } from '../files/plain.ts'

/** Of one file that a step builds. */
const LARGEST_BYTES = 2 ** 30

/** Files of builds are kept here until their run is gone. */
export interface ArtifactStore {
  /** Keeps what a step built; throws with words for people where it is not there. */
  keep: (step: { runId: string; number: number }, tree: string, paths: readonly string[]) => BuiltArtifact[]
  /** Puts what a step built into the tree of a later one; throws where it is not what was built. */
  place: (step: { runId: string; number: number }, tree: string, artifacts: readonly BuiltArtifact[]) => void
  forget: (runId: string) => void
  /** Runs of which something is kept. */
  runs: () => string[]
}

export function createArtifactStore(dir: string): ArtifactStore {
  const folderOf = (step: { runId: string; number: number }) => join(dir, step.runId, String(step.number))
  return {
    keep(step, tree, paths) {
      const to = folderOf(step)
      rmSync(to, { recursive: true, force: true })
      return paths.map((written) => {
        const path = inside(written)
        if (!lstatSync(join(tree, path), { throwIfNoEntry: false }))
          throw new Error(`The step did not build ${written}. Fix the commands of the step, or its Artifact field.`)
        mkdirSync(dirname(join(to, path)), { recursive: true, mode: 0o700 })
        cpSync(join(tree, path), join(to, path), { recursive: true, verbatimSymlinks: true })
        return { path, ...measure(to, path) }
      })
    },
    place(step, tree, artifacts) {
      for (const { path, digest } of artifacts) {
        const from = folderOf(step)
        if (!lstatSync(join(from, path), { throwIfNoEntry: false }) || measure(from, path).digest !== digest)
          throw new Error(
            `${path} is not what was built (${digest.slice(0, 12)}). Build it again: /retry ${step.number}.`,
          )
        rmSync(join(tree, path), { recursive: true, force: true })
        mkdirSync(dirname(join(tree, path)), { recursive: true })
        cpSync(join(from, path), join(tree, path), { recursive: true, verbatimSymlinks: true })
      }
    },
    forget: (runId) => rmSync(join(dir, runId), { recursive: true, force: true }),
    runs: () => (existsSync(dir) ? readdirSync(dir) : []),
  }
}

/** A path below the tree. Throws for one that leaves it. */
function inside(written: string): string {
  const path = normalize(written).replace(/[/\\]+$/, '')
  if (isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`) || path.split(sep).includes('.git'))
    throw new Error(`${written} is not below the folder of the step.`)
  return path
}

/** The digest of a file, or of every file below a folder with its name, mode and content. */
function measure(root: string, path: string): Omit<BuiltArtifact, 'path'> {
  const hash = createHash('sha256')
  let files = 0
  let bytes = 0
  const visit = (at: string) => {
    const stats = lstatSync(join(root, at))
    if (stats.isDirectory()) {
      for (const name of readdirSync(join(root, at)).sort()) visit(join(at, name))
      return
    }
    const content = stats.isSymbolicLink()
      ? Buffer.from(readlinkSync(join(root, at)))
      : readPlainSync(join(root, at), LARGEST_BYTES)
    const kind = stats.isSymbolicLink() ? 'link' : stats.mode & 0o111 ? 'program' : 'file'
    hash.update(`${kind}\0${at}\0${content.length}\0`).update(content)
    files++
    bytes += content.length
  }
  visit(path)
  return { digest: hash.digest('hex'), files, bytes }
}
