import {
  branchShape,
  type CheckRow,
  checkShape,
  combinedStatus,
  commitShape,
  type JobRow,
  jobShape,
  type ReviewRow,
  reviewCommentShape,
  reviewShape,
  ruleShape,
  runShape,
  type StatusRow,
} from './ci-shapes.ts'
import { canPush, pullOf } from './pull-routes.ts'
import { type Asked, fields, invalid, oneOf, optional, Refusal, type RouteEntry, text } from './router.ts'
import { repositoryShape, urlsOf } from './shapes.ts'
import { addAccount, addEvent, closeIssue, followHeads, gitIn, newIssue, type RepoRow, tipOf } from './world.ts'

const listOf = <T>(repo: RepoRow, name: string): T[] => {
  if (!repo.more.has(name)) repo.more.set(name, [])
  return repo.more.get(name) as T[]
}
/** What people and other programs do to a repository beside issues. */
export const reviewsOf = (repo: RepoRow) => listOf<ReviewRow>(repo, 'reviews')
export const statusesOf = (repo: RepoRow) => listOf<StatusRow>(repo, 'statuses')
export const checksOf = (repo: RepoRow) => listOf<CheckRow>(repo, 'checks')
/** Runs of workflows, as Actions tells of them. */
export const runsOf = (repo: RepoRow) => listOf<CheckRow>(repo, 'runs')
/** Jobs of those runs. */
export const jobsOf = (repo: RepoRow) => listOf<JobRow>(repo, 'jobs')
/** Names of checks that the base demands, and whether it has a queue. */
export const rulesOf = (repo: RepoRow) => listOf<{ type: string; contexts?: string[] }>(repo, 'rules')
/** Refuses the next merges with these words. */
export const refuseMerges = (repo: RepoRow, ...troubles: { status: number; message: string }[]) =>
  listOf<{ status: number; message: string }>(repo, 'merge-troubles').push(...troubles)

/** Lines of a diff that may be commented, found by git itself and not by Baton's reader: `R:path:3`. */
function placesOf(repo: RepoRow, base: string, head: string): Map<string, number> {
  const from = gitIn(repo.gitDir, ['merge-base', base, head])
  const places = new Map<string, number>()
  let [path, old, now, hunk] = ['', 0, 0, 0]
  for (const line of gitIn(repo.gitDir, ['-c', 'core.quotePath=false', 'diff', '-M', from, head]).split('\n')) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line)
    if (line.startsWith('diff --git ')) path = ''
    else if (path === '' && line.startsWith('+++ b/')) path = line.slice(6)
    else if (header) [old, now, hunk] = [Number(header[1]), Number(header[2]), hunk + 1]
    else if (line.startsWith('+')) places.set(`RIGHT:${path}:${now++}`, hunk)
    else if (line.startsWith('-')) places.set(`LEFT:${path}:${old++}`, hunk)
    else if (line.startsWith(' ')) {
      places.set(`RIGHT:${path}:${now++}`, hunk)
      places.set(`LEFT:${path}:${old++}`, hunk)
    }
  }
  return places
}

const aList = <T>(value: unknown): T[] => {
  if (!Array.isArray(value)) throw new Error('is not a list')
  return value as T[]
}

function newReview(asked: Asked) {
  const { world, repo, by } = asked
  const row = pullOf(asked)
  const given = fields(asked.body, {
    commit_id: text(40),
    event: oneOf('COMMENT', 'APPROVE', 'REQUEST_CHANGES'),
    body: text(65_536),
    comments: optional(aList<ReviewRow['comments'][number] & { start_side?: string }>),
  })
  if (given.event !== 'COMMENT' && row.author.id === by.id)
    throw invalid('Unprocessable Entity', [{ message: 'Can not approve your own pull request' }])
  if (given.commit_id !== row.pull?.head.sha && !isCommitOf(repo, row.number, given.commit_id))
    throw invalid('Unprocessable Entity', [{ message: 'Commit is not part of the pull request' }])
  const places = placesOf(repo, row.pull?.base ?? '', given.commit_id)
  for (const one of given.comments ?? []) {
    const known = ['path', 'line', 'side', 'start_line', 'start_side', 'body']
    for (const name of Object.keys(one)) if (!known.includes(name)) throw invalid(`${name} is not permitted`)
    const at = places.get(`${one.side}:${one.path}:${one.line}`)
    const start = one.start_line === undefined ? at : places.get(`${one.start_side}:${one.path}:${one.start_line}`)
    if (at === undefined || start !== at || (one.start_line ?? 0) >= one.line || !one.body)
      throw invalid('Unprocessable Entity', [{ message: 'Line could not be resolved' }])
  }
  const made: ReviewRow = {
    ...{ id: world.id(), pull: row.number, by, body: given.body, commit: given.commit_id },
    comments: given.comments ?? [],
  }
  reviewsOf(repo).push(made)
  row.updatedAt = world.tick()
  return made
}

const isCommitOf = (repo: RepoRow, number: number, sha: string): boolean =>
  gitIn(repo.gitDir, ['rev-list', `refs/pull/${number}/head`]).includes(sha)

function merge(asked: Asked) {
  const { world, repo, by } = asked
  const row = pullOf(asked)
  const pull = row.pull
  if (!pull) throw new Refusal(404, 'Not Found')
  followHeads(repo)
  const given = fields(asked.body, {
    commit_title: optional(text(10_000)),
    commit_message: optional((value) => String(value)),
    sha: optional(text(40)),
    merge_method: optional(oneOf('merge', 'squash', 'rebase')),
  })
  const [trouble] = listOf<{ status: number; message: string }>(repo, 'merge-troubles').splice(0, 1)
  if (trouble) throw new Refusal(trouble.status, trouble.message)
  if (pull.merged || row.state !== 'open') throw new Refusal(405, 'Pull Request is not mergeable')
  if (given.sha !== undefined && given.sha !== pull.head.sha)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft')
  const base = tipOf(repo.gitDir, pull.base) ?? ''
  let tree = ''
  try {
    tree = gitIn(repo.gitDir, ['merge-tree', '--write-tree', base, pull.head.sha]).split('\n')[0] ?? ''
  } catch {
    throw new Refusal(405, 'Pull Request is not mergeable')
  }
  const message = `${given.commit_title ?? row.title}\n\n${given.commit_message ?? ''}`
  const sha = gitIn(repo.gitDir, ['commit-tree', tree, '-p', base, '-m', message])
  gitIn(repo.gitDir, ['update-ref', `refs/heads/${pull.base}`, sha])
  pull.merged = { at: world.tick(), sha, by }
  closeIssue(world, row, by)
  addEvent(world, row, { event: 'merged', by, commit: sha })
  // As GitHub does, and only for the default branch.
  if (pull.base === repo.defaultBranch)
    for (const [, number] of `${row.body ?? ''}\n${message}`.matchAll(/\bcloses #(\d+)/gi)) {
      const issue = repo.issues.get(Number(number))
      if (issue) closeIssue(world, issue, by)
    }
  return { sha, merged: true, message: 'Pull Request successfully merged' }
}

export const mergeRoutes: RouteEntry[] = [
  {
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    needs: 'pulls:read',
    answer: (asked) => {
      const { number } = pullOf(asked)
      return {
        isList: true,
        data: reviewsOf(asked.repo)
          .filter(({ pull }) => pull === number)
          .map((row) => reviewShape(asked, row)),
      }
    },
  },
  {
    route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    needs: 'pulls:write',
    answer: (asked) => ({ data: reviewShape(asked, newReview(asked)) }),
  },
  {
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments',
    needs: 'pulls:read',
    answer: (asked) => {
      const review = reviewsOf(asked.repo).find(({ id }) => id === Number(asked.params.review_id))
      if (!review) throw new Refusal(404, 'Not Found')
      return { isList: true, data: review.comments.map((one, nth) => reviewCommentShape(asked, review, one, nth)) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits',
    needs: 'pulls:read',
    answer: (asked) => {
      const { pull } = pullOf(asked)
      const range = `refs/heads/${pull?.base}..${pull?.head.sha}`
      const shas = gitIn(asked.repo.gitDir, ['rev-list', '--reverse', range]).split('\n').filter(Boolean)
      return { isList: true, data: shas.map((sha) => commitShape(asked, sha)) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/commits/{ref}/status',
    needs: 'statuses:read',
    answer: (asked) => {
      const { world, repo, by } = asked
      const sha = asked.params.ref as string
      const statuses = statusesOf(repo).filter((one) => one.sha === sha)
      const bad = statuses.find(({ state }) => state === 'failure' || state === 'error')
      const isPending = statuses.length === 0 || statuses.some(({ state }) => state === 'pending')
      const state = bad ? 'failure' : isPending ? 'pending' : 'success'
      const repository = repositoryShape(world, repo, { push: canPush(repo.people.get(by.login)), admin: false })
      return { data: combinedStatus(asked, { sha, state, repository, statuses }) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    needs: 'checks:read',
    query: ['filter'],
    answer: ({ repo, params }) => {
      const runs = checksOf(repo).filter(({ sha }) => sha === params.ref)
      return { data: { total_count: runs.length, check_runs: runs.map(checkShape) } }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/actions/runs',
    needs: 'actions:read',
    query: ['head_sha'],
    answer: ({ repo, query }) => {
      const runs = runsOf(repo).filter(({ sha }) => sha === query.get('head_sha'))
      return { data: { total_count: runs.length, workflow_runs: runs.map(runShape) } }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
    needs: 'actions:read',
    answer: ({ repo, params }) => {
      const jobs = jobsOf(repo).filter(({ run }) => run === Number(params.run_id))
      const sha = runsOf(repo).find(({ id }) => id === Number(params.run_id))?.sha ?? ''
      return { data: { total_count: jobs.length, jobs: jobs.map((job) => jobShape(job, sha)) } }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
    needs: 'actions:read',
    answer: ({ repo, params }) => {
      const job = jobsOf(repo).find(({ id }) => id === Number(params.job_id))
      if (!job) throw new Refusal(404, 'Not Found')
      throw new Refusal(302, job.log)
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    needs: 'metadata:read',
    answer: ({ repo }) => ({ isList: true, data: rulesOf(repo).map((rule) => ruleShape(repo, rule)) }),
  },
  {
    route: 'GET /repos/{owner}/{repo}/branches/{branch}',
    needs: 'contents:read',
    answer: (asked) => {
      const { branch = '' } = asked.params
      const sha = tipOf(asked.repo.gitDir, branch)
      if (sha === undefined) throw new Refusal(404, 'Branch not found')
      return { data: branchShape(asked, branch, sha) }
    },
  },
  {
    route: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
    needs: 'contents:write',
    answer: (asked) => ({ data: merge(asked) }),
  },
  {
    route: 'POST /repos/{owner}/{repo}/git/refs',
    needs: 'contents:write',
    answer: ({ world, repo, body }) => {
      const { ref, sha } = fields(body, { ref: text(255), sha: text(40) })
      if (tipOf(repo.gitDir, ref.replace(/^refs\/heads\//, '')) !== undefined) throw invalid('Reference already exists')
      gitIn(repo.gitDir, ['update-ref', ref, sha])
      const url = `${urlsOf(world, repo).api}/git`
      const object = { type: 'commit', sha, url: `${url}/commits/${sha}` }
      return { status: 201, data: { ref, node_id: 'x', url: `${url}/${ref}`, object } }
    },
  },
  {
    route: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    needs: 'contents:write',
    answer: ({ repo, params }) => {
      const branch = (params.ref ?? '').replace(/^heads\//, '')
      if (tipOf(repo.gitDir, branch) === undefined) throw invalid('Reference does not exist')
      gitIn(repo.gitDir, ['update-ref', '-d', `refs/heads/${branch}`])
      return { status: 204 }
    },
  },
]

/** What people do with a pull request, in the browser and by git. */
export function pullHands(world: Asked['world'], repo: RepoRow) {
  const commit = (branch: string, files: Record<string, string | null>, parents: string[]): string => {
    const index = `${repo.gitDir}/test-index`
    const git = (args: string[], input?: string) => gitIn(repo.gitDir, args, input, { GIT_INDEX_FILE: index })
    git(parents[0] === undefined ? ['read-tree', '--empty'] : ['read-tree', parents[0]])
    for (const [path, content] of Object.entries(files)) {
      if (content === null) git(['update-index', '--force-remove', '--', path])
      else {
        const blob = git(['hash-object', '-w', '--stdin'], content)
        git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`])
      }
    }
    const sha = git(['commit-tree', git(['write-tree']), ...parents.flatMap((one) => ['-p', one]), '-m', 'Change'])
    if (branch !== '') git(['update-ref', `refs/heads/${branch}`, sha])
    return sha
  }
  /** Pushes one more commit to a branch, made from the default one where it is not there. */
  const push = (branch: string, files: Record<string, string | null>): string =>
    commit(branch, files, [tipOf(repo.gitDir, branch) ?? tipOf(repo.gitDir, repo.defaultBranch) ?? ''])
  return {
    push,
    /** A commit that no branch here knows, as one of a fork. */
    pushElsewhere: (files: Record<string, string | null>): string =>
      commit('', files, [tipOf(repo.gitDir, repo.defaultBranch) ?? '']),
    open: (
      by: string,
      given: { branch: string; title?: string; body?: string; base?: string; draft?: boolean; fork?: string },
    ) => {
      const author = addAccount(world, by)
      const isFork = given.fork !== undefined
      const row = newIssue(world, repo, {
        title: given.title ?? `Change ${given.branch}`,
        body: given.body ?? null,
        author,
        pull: {
          head: {
            branch: given.branch,
            sha: given.fork ?? tipOf(repo.gitDir, given.branch) ?? '',
            repo: isFork ? `${by}/fork` : `${repo.owner}/${repo.name}`,
          },
          base: given.base ?? repo.defaultBranch,
          draft: given.draft ?? false,
        },
      })
      followHeads(repo)
      return row
    },
    /** Somebody pushed: the pull request changed. */
    touch: (number: number) => {
      const row = repo.issues.get(number)
      if (row) row.updatedAt = world.tick()
      followHeads(repo)
    },
  }
}
