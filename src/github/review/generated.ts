import { matchesGlob } from 'node:path/posix'

const NAMES = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'Cargo.lock', 'go.sum'],
  ...['composer.lock', 'Gemfile.lock', 'poetry.lock', 'uv.lock', 'Pipfile.lock', 'flake.lock', 'gradle.lockfile'],
])
const FOLDERS = /(?:^|\/)(?:node_modules|vendor|third_party|dist|__snapshots__|__generated__)\//
const ENDINGS = /\.(?:min\.(?:js|css)|map|snap|pb\.go|generated\.\w+|g\.dart|designer\.cs)$|_pb2(?:_grpc)?\.pyi?$/i

/**
 * Whether a file is written by a program, so that nobody reviews its lines.
 *
 * @param attributes the `.gitattributes` at the top of the base branch, never of the pull request: that could hide its code
 */
export function isGenerated(path: string, attributes = ''): boolean {
  const said = attributes
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .findLast(([pattern = '', ...set]) => !pattern.startsWith('#') && set.some(isAbout) && covers(pattern, path))
  if (said) return said.some((one) => /^linguist-generated(?:=true)?$/.test(one))
  return NAMES.has(path.split('/').at(-1) ?? '') || FOLDERS.test(path) || ENDINGS.test(path)
}

const isAbout = (word: string): boolean => /^[-!]?linguist-generated(?:=|$)/.test(word)

/** A pattern without a slash is about names in any folder. */
function covers(pattern: string, path: string): boolean {
  const plain = pattern.replace(/^\//, '')
  return matchesGlob(path, plain) || (!pattern.includes('/') && matchesGlob(path.split('/').at(-1) ?? '', plain))
}
