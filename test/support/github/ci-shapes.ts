import { EXAMPLES, urlsOf, userShape } from './shapes.ts'
import { type Account, gitIn, type RepoRow, type World } from './world.ts'

export interface ReviewRow {
  id: number
  pull: number
  by: Account
  body: string
  commit: string
  /** Absent: a comment. */
  state?: string
  comments: { path: string; line: number; side: string; start_line?: number; body: string }[]
}

export interface StatusRow {
  sha: string
  context: string
  state: 'success' | 'failure' | 'error' | 'pending'
  description?: string
}

export interface CheckRow {
  id: number
  sha: string
  name: string
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: string | null
  summary?: string
}

/** A job of a run of a workflow; `log` is where GitHub sends whoever asks for what it printed. */
export interface JobRow {
  id: number
  run: number
  name: string
  conclusion: string
  log: string
}

interface At {
  world: World
  repo: RepoRow
}

// biome-ignore lint/suspicious/noExplicitAny: payloads as GitHub sent them
const sent = (event: string, key?: string): any => {
  const payload = EXAMPLES.find(({ name }) => name === event)?.examples[0]
  return key === undefined ? payload : payload[key]
}

const BASE = {
  check: sent('check_run', 'check_run'),
  run: sent('workflow_run', 'workflow_run'),
  job: sent('workflow_job', 'workflow_job'),
  review: sent('pull_request_review', 'review'),
  reviewComment: sent('pull_request_review_comment', 'comment'),
  commit: sent('status').commit,
}
/** Payloads of webhooks have each repository in short, and nothing of a commit's parents. */
const AT = '2026-11-21T09:00:00Z'

export const reviewShape = ({ world, repo }: At, row: ReviewRow) => {
  const { html, api } = urlsOf(world, repo)
  return {
    ...BASE.review,
    ...{ id: row.id, user: userShape(row.by), body: row.body, commit_id: row.commit, submitted_at: AT },
    ...{ state: row.state ?? 'COMMENTED', author_association: 'COLLABORATOR' },
    html_url: `${html}/pull/${row.pull}#pullrequestreview-${row.id}`,
    pull_request_url: `${api}/pulls/${row.pull}`,
  }
}

export const reviewCommentShape = (
  { world, repo }: At,
  { id, pull, by, commit }: ReviewRow,
  comment: ReviewRow['comments'][number],
  nth: number,
) => ({
  ...BASE.reviewComment,
  ...{ id: id * 100 + nth, pull_request_review_id: id, user: userShape(by), commit_id: commit },
  ...{ original_commit_id: commit, original_line: comment.line, ...comment },
  pull_request_url: `${urlsOf(world, repo).api}/pulls/${pull}`,
})

export const statusShape = ({ world, repo }: At, { sha, context, state, description }: StatusRow, id: number) => ({
  ...{ id, node_id: `S${id}`, url: `${urlsOf(world, repo).api}/statuses/${sha}`, avatar_url: null, target_url: null },
  ...{ context, state, description: description ?? null, created_at: AT, updated_at: AT },
})

export const checkShape = (row: CheckRow) => ({
  ...BASE.check,
  ...{ id: row.id, name: row.name, head_sha: row.sha, status: row.status, conclusion: row.conclusion },
  html_url: `https://github.com/checks/${row.id}`,
  details_url: null,
  completed_at: row.status === 'completed' ? AT : null,
  output: { ...BASE.check.output, title: null, summary: row.summary ?? null, text: null },
})

export const runShape = (row: CheckRow) => ({
  ...BASE.run,
  ...{ id: row.id, name: row.name, head_sha: row.sha, status: row.status, conclusion: row.conclusion },
  ...{ display_title: row.name, path: '.github/workflows/ci.yml', html_url: `https://github.com/runs/${row.id}` },
  head_commit: { ...BASE.run.head_commit, id: row.sha },
})

export const jobShape = ({ id, run, name, conclusion }: JobRow, sha: string) => ({
  ...BASE.job,
  ...{ id, run_id: run, name, conclusion, status: 'completed', head_sha: sha, workflow_name: 'CI' },
  ...{ head_branch: null, created_at: AT, completed_at: AT, steps: [] },
})

export const ruleShape = ({ owner, name }: RepoRow, { type, contexts }: { type: string; contexts?: string[] }) => ({
  ...{ type, ruleset_source_type: 'Repository', ruleset_source: `${owner}/${name}`, ruleset_id: 1 },
  ...(contexts && {
    parameters: {
      strict_required_status_checks_policy: false,
      required_status_checks: contexts.map((context) => ({ context })),
    },
  }),
})

export function commitShape({ world, repo }: At, sha: string) {
  const { api, html } = urlsOf(world, repo)
  const [tree = '', parents = '', ...message] = gitIn(repo.gitDir, ['log', '-1', '--format=%T%n%P%n%B', sha]).split(
    '\n',
  )
  const at = { name: 'Octo', email: 'octo@example.com', date: AT }
  return {
    ...BASE.commit,
    ...{ sha, url: `${api}/commits/${sha}`, html_url: `${html}/commit/${sha}`, author: null, committer: null },
    commit: {
      ...BASE.commit.commit,
      ...{ author: at, committer: at, message: message.join('\n').trim(), url: `${api}/git/commits/${sha}` },
      tree: { sha: tree, url: `${api}/git/trees/${tree}` },
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    parents: parents
      .split(' ')
      .filter(Boolean)
      .map((parent) => ({ sha: parent, url: `${api}/commits/${parent}`, html_url: `${html}/commit/${parent}` })),
  }
}

export function branchShape(at: At, name: string, sha: string) {
  const { api, html } = urlsOf(at.world, at.repo)
  return {
    ...{ name, commit: commitShape(at, sha), protected: false, protection: { enabled: false } },
    _links: { self: `${api}/branches/${name}`, html: `${html}/tree/${name}` },
    protection_url: `${api}/branches/${name}/protection`,
  }
}

export const shortBranchShape = ({ world, repo }: At, name: string, sha: string) => ({
  ...{ name, protected: false, commit: { sha, url: `${urlsOf(world, repo).api}/commits/${sha}` } },
})

export const combinedStatus = (
  at: At,
  { sha, state, repository, statuses }: { sha: string; state: string; repository: object; statuses: StatusRow[] },
) => {
  const { api } = urlsOf(at.world, at.repo)
  return {
    ...{ state, sha, repository, total_count: statuses.length },
    statuses: statuses.map((one, id) => statusShape(at, one, id)),
    ...{ commit_url: `${api}/commits/${sha}`, url: `${api}/commits/${sha}/status` },
  }
}
