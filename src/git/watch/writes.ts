import { plural } from '../../text/amounts.ts'
import { inRepository, locate } from '../repository.ts'
import type { GitFacts } from './facts.ts'

/** Lists the commits from one to another, newest first; undefined when the second does not follow from the first. */
type Commits = (from: string | undefined, to: string) => Promise<string[] | undefined>

/**
 * What was written with git between two looks, in words: commits, branches, tags, the stash, remote branches, the index,
 * configuration, hooks. Empty when nothing was. Baton's own refs do not count.
 */
export async function gitWrites({
  cwd,
  before,
  after,
  ownBranch,
}: {
  cwd: string
  before: GitFacts
  after: GitFacts
  /** Of a lane: what others put into the stash, which all share, is not told. */
  ownBranch?: string
}): Promise<string[]> {
  const located = await locate(cwd)
  if ('reason' in located) return [`The repository is gone: ${located.reason}`]
  const run = inRepository(located.repository)
  const stashes: string[] = []
  for (const oid of after.stashes) {
    if (before.stashes.includes(oid) || ownBranch === undefined || (await isStashOf(ownBranch, oid))) stashes.push(oid)
  }
  return describeWrites(before, { ...after, stashes }, async (from, to) => {
    if (from && (await run(['merge-base', '--is-ancestor', from, to], { accept: [0, 1, 128] })).exitCode !== 0)
      return undefined
    const range = from ? [`${from}..${to}`] : ['--max-count=20', to]
    const { stdout } = await run(['log', '--format=%h %s', '--no-show-signature', ...range, '--'], { accept: [0, 128] })
    return Buffer.from(stdout, 'latin1').toString('utf8').split('\n').filter(Boolean)
  })

  async function isStashOf(branch: string, oid: string): Promise<boolean> {
    const { stdout } = await run(['log', '-1', '--format=%s', '--no-show-signature', oid, '--'], { accept: [0, 128] })
    const subject = Buffer.from(stdout, 'latin1').toString('utf8')
    return subject.startsWith(`WIP on ${branch}:`) || subject.startsWith(`On ${branch}:`)
  }
}

/** `gitWrites` over the facts alone. */
async function describeWrites(before: GitFacts, after: GitFacts, commits: Commits): Promise<string[]> {
  const told: string[] = []
  for (const name of Object.keys({ ...before.refs, ...after.refs }).sort()) {
    const [from, to] = [before.refs[name], after.refs[name]]
    if (from !== to && name !== 'refs/stash') told.push(await aboutRef(name, from, to, before.head, commits))
  }
  if (before.branch !== after.branch) {
    told.push(
      `HEAD went from ${shortRef(before.branch ?? 'no branch')} to ${shortRef(after.branch ?? 'no branch (detached)')}`,
    )
  } else if (!after.branch && before.head !== after.head && after.head) {
    told.push(await aboutRef('detached HEAD', before.head, after.head, before.head, commits))
  }
  const stashed = after.stashes.filter((oid) => !before.stashes.includes(oid)).length
  const dropped = before.stashes.filter((oid) => !after.stashes.includes(oid)).length
  if (stashed > 0) told.push(`${plural(stashed, 'stash entry', 'stash entries')} added`)
  if (dropped > 0) told.push(`${plural(dropped, 'stash entry', 'stash entries')} gone`)
  // A commit or a checkout moves the index along; a move of the index alone means that something was staged or unstaged.
  if (before.index !== after.index && before.head === after.head)
    told.push('the index changed (files were staged or unstaged)')
  if (before.operation !== after.operation) {
    if (before.operation) told.push(`the ${before.operation} that was in progress ended`)
    if (after.operation) told.push(`a ${after.operation} was started and is not finished`)
  }
  if (before.worktrees !== after.worktrees) told.push(`${after.worktrees} working trees instead of ${before.worktrees}`)
  if (before.config !== after.config) told.push('.git/config was changed')
  if (before.hooks !== after.hooks) told.push('.git/hooks was changed')
  return told
}

async function aboutRef(
  name: string,
  from: string | undefined,
  to: string | undefined,
  head: string | undefined,
  commits: Commits,
) {
  const called = shortRef(name)
  if (!to) return `${called} was deleted (it was at ${short(from)})`
  if (name.startsWith('refs/tags/')) return `${called} was ${from ? 'moved' : 'created'} (${short(to)})`
  if (name.startsWith('refs/remotes/')) return `${called} is now at ${short(to)} (a push or a fetch)`
  const added = await commits(from ?? head, to)
  if (!added)
    return from
      ? `${called} was rewritten from ${short(from)} to ${short(to)}`
      : `${called} was created at ${short(to)}`
  const list = added.length === 0 ? '' : `: ${plural(added.length, 'new commit')} (${some(added)})`
  if (!from) return `${called} was created at ${short(to)}${list}`
  return list ? `${called}${list}` : `${called} moved from ${short(from)} to ${short(to)}`
}

function shortRef(name: string): string {
  const [, kind, rest] = /^refs\/(heads|tags|remotes)\/(.*)$/s.exec(name) ?? []
  if (!rest) return name
  return kind === 'heads' ? `branch ${rest}` : kind === 'tags' ? `tag ${rest}` : `remote branch ${rest}`
}

function short(oid: string | undefined): string {
  return oid?.slice(0, 7) ?? 'nothing'
}

function some(commits: string[]): string {
  const shown = commits.slice(0, 5).map((line) => `“${line}”`)
  return commits.length > 5 ? `${shown.join(', ')} and ${commits.length - 5} more` : shown.join(', ')
}
