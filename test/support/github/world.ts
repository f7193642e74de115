import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'

export interface Account {
  id: number
  login: string
  type: 'User' | 'Bot'
}

export interface CommentRow {
  id: number
  issue: number
  author: Account
  body: string
  createdAt: number
  updatedAt: number
}

export interface ReactionRow {
  id: number
  /** `issue:7`, `comment:12`. */
  on: string
  content: string
  by: Account
}

export interface EventRow {
  id: number
  event: string
  by: Account
  at: number
  label?: string
  commit?: string
}

export interface PullRow {
  head: { branch: string; sha: string; repo: string | undefined }
  base: string
  draft: boolean
  merged?: { at: number; sha: string; by: Account }
  /** Null while GitHub still works it out. */
  mergeable?: boolean | null
  mergeableState?: string
  maintainerCanModify?: boolean
}

/** An issue, or a pull request: they are numbered together. */
export interface IssueRow {
  id: number
  number: number
  title: string
  body: string | null
  author: Account
  state: 'open' | 'closed'
  labels: string[]
  createdAt: number
  updatedAt: number
  closedAt?: number
  events: EventRow[]
  /** Deleted ones are 410, transferred ones redirect. */
  gone?: 'deleted' | { transferredTo: string }
  blockedBy: number[]
  pull?: PullRow
}

export interface RepoRow {
  owner: string
  name: string
  id: number
  private: boolean
  defaultBranch: string
  /** The bare repository. */
  gitDir: string
  people: Map<string, Permission>
  issues: Map<number, IssueRow>
  comments: CommentRow[]
  reactions: ReactionRow[]
  /** For routes that a test adds: reviews, statuses, runs, rules. */
  more: Map<string, unknown>
  nextNumber: number
}

/** A token: whose, and with which permissions (`issues:write`); `all` for a classic one. */
export interface TokenRow {
  account: Account
  permissions: 'all' | Set<string>
}

export interface World {
  /** Steps on with every change, so that no two have the same time. */
  now: () => number
  tick: () => number
  id: () => number
  accounts: Map<string, Account>
  tokens: Map<string, TokenRow>
  repos: Map<string, RepoRow>
  /** Where the bare repositories lie. */
  gitRoot: string
  origin: string
}

/** Begins with an empty world, at the time that it is for the program under test. */
export function newWorld(gitRoot: string): World {
  let now = Math.floor(Date.now() / 1_000) * 1_000
  let id = 1_000
  return {
    now: () => now,
    tick: () => {
      now += 1_000
      return now
    },
    id: () => ++id,
    accounts: new Map(),
    tokens: new Map(),
    repos: new Map(),
    gitRoot,
    origin: '',
  }
}

/** What people do in the browser: no API of Baton's is involved. */
export interface RepoHands {
  row: RepoRow
  open: (by: string, given: { title: string; body?: string | null; labels?: string[] }) => IssueRow
  label: (number: number, label: string, by: string) => void
  unlabel: (number: number, label: string, by: string) => void
  edit: (number: number, change: { title?: string; body?: string | null }) => void
  comment: (number: number, by: string, body: string) => CommentRow
  editComment: (id: number, body: string) => void
  close: (number: number, by: string) => void
  reopen: (number: number, by: string) => void
  remove: (number: number) => void
  transfer: (number: number, to: string) => void
  issue: (number: number) => IssueRow
  /** Bodies of the comments of an account on an issue, oldest first. */
  said: (number: number, by: string) => string[]
  git: (...args: string[]) => string
  /** The commit of a branch; undefined where there is none. */
  tip: (branch: string) => string | undefined
}

export function addAccount(world: World, login: string, type: Account['type'] = 'User'): Account {
  const known = world.accounts.get(login)
  if (known) return known
  const account = { id: world.id(), login, type }
  world.accounts.set(login, account)
  return account
}

/** A repository with one commit on its default branch. */
export function addRepo(
  world: World,
  name: string,
  given: {
    people?: Record<string, Permission>
    private?: boolean
    defaultBranch?: string
    files?: Record<string, string>
  },
): RepoHands {
  const [owner = '', repo = ''] = name.split('/')
  addAccount(world, owner)
  const gitDir = join(world.gitRoot, owner, `${repo}.git`)
  const defaultBranch = given.defaultBranch ?? 'main'
  let isMade = false
  const row: RepoRow = {
    owner,
    name: repo,
    id: world.id(),
    private: given.private ?? false,
    defaultBranch,
    // Made when it is first needed: most tests are about words.
    get gitDir() {
      if (!isMade) makeGit(gitDir, defaultBranch, given.files ?? { 'README.md': `# ${repo}\n` })
      isMade = true
      return gitDir
    },
    people: new Map(Object.entries({ [owner]: 'admin' as const, ...given.people })),
    issues: new Map(),
    comments: [],
    reactions: [],
    more: new Map(),
    nextNumber: 1,
  }
  for (const login of row.people.keys()) addAccount(world, login)
  world.repos.set(name.toLowerCase(), row)
  return handsOn(world, row)
}

function makeGit(gitDir: string, defaultBranch: string, files: Record<string, string>): void {
  mkdirSync(gitDir, { recursive: true })
  const git = (args: string[], input?: string) => gitIn(gitDir, args, input)
  git(['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, '.'])
  git(['config', 'http.receivepack', 'true'])
  const entries = Object.entries(files).map(([path, content]) => {
    if (path.includes('/')) throw new Error('Only files of the top folder; push others.')
    return `100644 blob ${git(['hash-object', '-w', '--stdin'], content)}\t${path}`
  })
  const tree = git(['mktree'], `${entries.sort().join('\n')}\n`)
  git(['update-ref', `refs/heads/${defaultBranch}`, git(['commit-tree', '-m', 'First', tree])])
}

/** Git in a bare repository, as the server has it. */
export function gitIn(
  gitDir: string,
  args: readonly string[],
  input?: string,
  more: Record<string, string> = {},
): string {
  const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'Octo'],
    [`GIT_${role}_EMAIL`, 'octo@example.com'],
    [`GIT_${role}_DATE`, '2026-11-21T09:00:00Z'],
  ])
  const { status, stdout, stderr } = spawnSync('git', ['-c', 'safe.bareRepository=all', '-c', 'gc.auto=0', ...args], {
    cwd: gitDir,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: gitDir, GIT_CONFIG_NOSYSTEM: '1', ...Object.fromEntries(who), ...more },
    ...(input !== undefined && { input }),
  })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}

export function tipOf(gitDir: string, branch: string): string | undefined {
  return gitIn(gitDir, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]) || undefined
}

export function newIssue(
  world: World,
  repo: RepoRow,
  given: { title: string; body: string | null; author: Account; pull?: PullRow },
): IssueRow {
  const at = world.tick()
  const row: IssueRow = {
    id: world.id(),
    number: repo.nextNumber++,
    state: 'open',
    labels: [],
    createdAt: at,
    updatedAt: at,
    events: [],
    blockedBy: [],
    ...given,
  }
  repo.issues.set(row.number, row)
  return row
}

export function addEvent(world: World, issue: IssueRow, event: Omit<EventRow, 'id' | 'at'>): void {
  const at = world.tick()
  issue.updatedAt = at
  issue.events.push({ id: world.id(), at, ...event })
}

export function addComment(world: World, repo: RepoRow, issue: IssueRow, by: Account, body: string): CommentRow {
  const at = world.tick()
  issue.updatedAt = at
  const row = { id: world.id(), issue: issue.number, author: by, body, createdAt: at, updatedAt: at }
  repo.comments.push(row)
  return row
}

export function closeIssue(world: World, issue: IssueRow, by: Account): void {
  if (issue.state === 'closed') return
  issue.state = 'closed'
  addEvent(world, issue, { event: 'closed', by })
  issue.closedAt = issue.updatedAt
}

/** Heads of open pull requests follow their branches, and can be fetched by their number. */
export function followHeads(repo: RepoRow): void {
  for (const { number, state, pull } of repo.issues.values()) {
    if (!pull || state !== 'open') continue
    const tip = pull.head.repo === `${repo.owner}/${repo.name}` ? tipOf(repo.gitDir, pull.head.branch) : pull.head.sha
    if (tip !== undefined) pull.head.sha = tip
    gitIn(repo.gitDir, ['update-ref', `refs/pull/${number}/head`, pull.head.sha])
  }
}

function handsOn(world: World, row: RepoRow): RepoHands {
  const who = (login: string) => addAccount(world, login)
  const issue = (number: number): IssueRow => {
    const found = row.issues.get(number)
    if (!found) throw new Error(`There is no #${number}`)
    return found
  }
  const hands: RepoHands = {
    row,
    issue,
    open(by, { title, body = null, labels = [] }) {
      const made = newIssue(world, row, { title, body, author: who(by) })
      for (const label of labels) hands.label(made.number, label, by)
      return made
    },
    label(number, label, by) {
      const found = issue(number)
      if (!found.labels.includes(label)) found.labels.push(label)
      addEvent(world, found, { event: 'labeled', by: who(by), label })
    },
    unlabel(number, label, by) {
      const found = issue(number)
      found.labels = found.labels.filter((one) => one !== label)
      addEvent(world, found, { event: 'unlabeled', by: who(by), label })
    },
    edit(number, change) {
      Object.assign(issue(number), change, { updatedAt: world.tick() })
    },
    comment: (number, by, body) => addComment(world, row, issue(number), who(by), body),
    editComment(id, body) {
      const found = row.comments.find((one) => one.id === id)
      if (found) Object.assign(found, { body, updatedAt: world.tick() })
    },
    close: (number, by) => closeIssue(world, issue(number), who(by)),
    reopen(number, by) {
      issue(number).state = 'open'
      addEvent(world, issue(number), { event: 'reopened', by: who(by) })
    },
    remove(number) {
      issue(number).gone = 'deleted'
    },
    transfer(number, to) {
      issue(number).gone = { transferredTo: to }
    },
    said: (number, by) =>
      row.comments.filter((one) => one.issue === number && one.author.login === by).map(({ body }) => body),
    git: (...args) => gitIn(row.gitDir, args),
    tip: (branch) => tipOf(row.gitDir, branch),
  }
  return hands
}
