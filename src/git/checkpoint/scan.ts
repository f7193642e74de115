import { type ByteString, splitNul } from '../bytes.ts'
import type { PrivateGit } from '../private-git.ts'
import { inRepository } from '../repository.ts'

/** Where the working tree may differ from an index. */
export interface Scan {
  /** To be looked at: changed, new, or missing from the index for another reason. */
  candidates: Set<ByteString>
  /** In the index and not to stay there. */
  gone: ByteString[]
  /** Submodules that moved or have changes of their own. */
  submodules: ByteString[]
  /** Repositories inside the working tree that are no submodules. */
  nested: ByteString[]
  /** The index may hold files that are ignored by now. */
  holdsIgnored: boolean
  /** Ignored files, and folders as a whole (these end in `/`); absent where only a part of the tree is looked at. */
  ignored?: ByteString[]
}

export interface ScanRequest {
  /** A checkpoint whose files stay recorded although they are ignored by now. */
  since?: string
  /** Below these nothing is recorded; `/`-separated, relative to the root. */
  excluded: readonly ByteString[]
  /** The index was made without knowing of these. */
  mayHoldExcluded: boolean
  /** Untracked files are looked for below here only; empty for everywhere. */
  untrackedBelow: ByteString
  /** The user's index is another than the one seen last. */
  userIndexChanged: boolean
  /** As the scan before found it. */
  holdsIgnored: boolean
  /** To be looked at in any case. */
  also: readonly ByteString[]
}

/** Asks git what changed against `index`; no file is read into it. */
export async function scan(own: PrivateGit, index: string, request: ScanRequest): Promise<Scan> {
  const list = async (...args: string[]) =>
    splitNul((await own.run(['--literal-pathspecs', ...args], { index })).stdout)
  const { since, excluded, mayHoldExcluded, untrackedBelow, userIndexChanged } = request
  const [status, kept, shut, users] = await Promise.all([
    untrackedBelow === '' ? statusOf(list) : statusBelow(list, untrackedBelow),
    since ? list('diff-index', '--cached', '--name-only', '--no-renames', '--diff-filter=D', '-z', since) : [],
    mayHoldExcluded && excluded.length > 0 ? list('ls-files', '--cached', '-z', '--', ...excluded.map(asArgument)) : [],
    userIndexChanged ? missingFromOurs(own, index) : [],
  ])
  const isOpen = (path: ByteString) => !excluded.some((folder) => path === folder || path.startsWith(`${folder}/`))
  const found: Scan = {
    candidates: new Set(),
    gone: [...shut, ...status.gone.filter(isOpen)],
    submodules: status.submodules.filter(isOpen),
    nested: [],
    holdsIgnored: request.holdsIgnored,
    ...(status.ignored && { ignored: status.ignored.filter((path) => isOpen(path.replace(/\/$/, ''))) }),
  }
  for (const path of [...status.changed, ...status.untracked, ...kept, ...users, ...request.also].filter(isOpen)) {
    if (path.endsWith('/')) found.nested.push(path.slice(0, -1))
    else found.candidates.add(path)
  }
  if ([...found.candidates, ...found.gone].some(isIgnoreFile) || userIndexChanged) found.holdsIgnored = true
  if (!found.holdsIgnored || since) return found
  const ignored = await list('ls-files', '--cached', '--ignored', '--exclude-standard', '-z')
  return { ...found, gone: [...found.gone, ...(await notUsers(own, ignored))], holdsIgnored: false }
}

/** How the working tree differs from an index. */
interface Status {
  changed: ByteString[]
  gone: ByteString[]
  submodules: ByteString[]
  /** New files; repositories of their own end in `/`. */
  untracked: ByteString[]
  ignored?: ByteString[]
}

type List = (...args: string[]) => Promise<ByteString[]>

/** All of it in one process. */
async function statusOf(list: List): Promise<Status> {
  const ignored: ByteString[] = []
  const status: Status = { changed: [], gone: [], submodules: [], untracked: [], ignored }
  const how = ['--porcelain=v2', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none']
  // Ignored folders are named and not gone into.
  how.push('--ignored=matching')
  for (const line of await list('status', ...how)) {
    if (line.startsWith('! ')) ignored.push(line.slice(2))
    else if (line.startsWith('? ')) status.untracked.push(line.slice(2))
    else if (line.startsWith('1 '))
      sortInto(status, line.split(' ', 3)[1]?.[1], line.startsWith('S', 5), after(line, 8))
    else if (line.startsWith('u ')) status.changed.push(after(line, 10))
  }
  return status
}

/** The same where untracked files are looked for in one folder only, which `status` cannot do for them alone. */
async function statusBelow(list: List, folder: ByteString): Promise<Status> {
  const [fields, untracked] = await Promise.all([
    list('diff-files', '--raw', '--no-renames', '--ignore-submodules=none', '-z'),
    list('ls-files', '--others', '--exclude-standard', '-z', '--', asArgument(folder)),
  ])
  const status: Status = { changed: [], gone: [], submodules: [], untracked }
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [line, path] = fields.slice(i, i + 2) as [string, ByteString]
    sortInto(status, line.at(-1), line.startsWith(':160000'), path)
  }
  return status
}

/** `how` is git's letter for what became of a file of the index; `.` for nothing. */
function sortInto(status: Status, how: string | undefined, isSubmodule: boolean, path: ByteString): void {
  if (how === undefined || how === '.') return
  if (isSubmodule) status.submodules.push(path)
  if (how === 'D') status.gone.push(path)
  else status.changed.push(path)
}

/** What follows that many spaces: a path may hold further ones. */
function after(line: string, spaces: number): ByteString {
  let at = -1
  for (let i = 0; i < spaces; i += 1) at = line.indexOf(' ', at + 1)
  return line.slice(at + 1)
}

/** What the user's index holds is part of the project, also when it is ignored and no listing of untracked files has it. */
async function missingFromOurs(own: PrivateGit, index: string): Promise<ByteString[]> {
  const ours = new Set(splitNul((await own.run(['ls-files', '-z'], { index })).stdout))
  return (await usersFiles(own)).filter((path) => !ours.has(path))
}

async function notUsers(own: PrivateGit, paths: ByteString[]): Promise<ByteString[]> {
  if (paths.length === 0) return []
  const users = new Set(await usersFiles(own))
  return paths.filter((path) => !users.has(path))
}

async function usersFiles({ repository }: PrivateGit): Promise<ByteString[]> {
  // An index that git itself cannot read holds nothing for us.
  const { stdout } = await inRepository(repository)(['ls-files', '-z'], { accept: [0, 128] })
  return splitNul(stdout)
}

function isIgnoreFile(path: ByteString): boolean {
  return path === '.gitignore' || path.endsWith('/.gitignore')
}

function asArgument(path: ByteString): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}
