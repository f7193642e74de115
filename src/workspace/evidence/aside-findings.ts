import type { FileChange, Finding } from '../../core/types.ts'
import type { AsideChanges } from '../../git/diff/changes-aside.ts'
import { plural } from '../../text/amounts.ts'

/** Most places named; the others are counted. */
const MAX_NAMED = 6

/** What an attempt changed where no checkpoint looks, so that a person knows what undo will not give back. */
export function asideFindings(
  { changed, removed, isWhole }: AsideChanges,
  files: readonly Pick<FileChange, 'path'>[],
): Finding[] {
  // What is gone for good comes first.
  const places = [
    ...removed.map((path) => `${path} (${path.endsWith('/') ? 'something removed' : 'removed'})`),
    ...placesOf(changed),
  ]
  if (places.length === 0) return []
  const more = places.length > MAX_NAMED ? [`${places.length - MAX_NAMED} more`] : []
  const part = isWhole ? '' : ' There may be more: only part of it was checked.'
  const found: Finding[] = [
    {
      kind: 'not-undoable',
      weight: 'tell',
      lasting: true,
      text: `Changed where undo cannot restore it (ignored by git, or a separate repository): ${[...places.slice(0, MAX_NAMED), ...more].join(', ')}.${part}`,
    },
  ]
  const patched = byHand(
    changed,
    files.map(({ path }) => path),
  )
  if (isWhole && patched.length > 0)
    found.push({
      kind: 'check-changed',
      weight: 'ask',
      lasting: true,
      path: patched[0] as string,
      text: 'An installed package was changed, and not by installing it: what the checks rely on may behave differently here.',
      detail: patched.slice(0, 20).join('\n'),
    })
  return found
}

/** Single files by their names, several of a folder as one. */
function placesOf(changed: readonly string[]): string[] {
  const groups = new Map<string, string[]>()
  for (const path of changed) {
    const top = path.includes('/') ? `${path.slice(0, path.indexOf('/'))}/` : path
    groups.set(top, [...(groups.get(top) ?? []), path])
  }
  return [...groups].map(([top, paths]) =>
    paths.length === 1 ? (paths[0] as string) : `${top} (${plural(paths.length, 'file')})`,
  )
}

const PACKAGE = /(?:^|\/)(?:node_modules\/((?:@[^/]+\/)?[^/.@][^/]*)|site-packages\/([^/]+?))\/.*\.(?:[cm]?js|py|json)$/
/** What a package manager writes when it has installed something. */
const INSTALLED =
  /(?:^|\/)node_modules\/(?:\.package-lock\.json|\.yarn-integrity|\.yarn-state\.yml|\.modules\.yaml|\.pnpm\/lock\.yaml|\.bin\/[^/]+)$|\.dist-info\/|\.egg-info/
const MANIFEST =
  /(?:^|\/)(?:package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|requirements[\w.-]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock)$/
/** One who patches a package does so in few; an installer that leaves no trace changes many. */
const MAX_PATCHED = 5

function byHand(changed: readonly string[], paths: readonly string[]): string[] {
  if (changed.some((path) => INSTALLED.test(path)) || paths.some((path) => MANIFEST.test(path))) return []
  const inPackages = changed.filter(
    (path) => PACKAGE.test(path) && !/\/(?:\.cache|__pycache__|\.vite[\w-]*)\//.test(path),
  )
  const packages = new Set(inPackages.map((path) => PACKAGE.exec(path)?.slice(1).find(Boolean)))
  return packages.size <= MAX_PATCHED ? inPackages : []
}
