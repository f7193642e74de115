import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Endpoints } from '@octokit/types'
import type { Account, CommentRow, EventRow, IssueRow, ReactionRow, RepoRow, World } from './world.ts'

/** Answers are real ones with our values in their place: fields that we set are checked against GitHub's own description. */
type Data<R extends keyof Endpoints> = Endpoints[R]['response']['data']
export type Issue = Data<'GET /repos/{owner}/{repo}/issues/{issue_number}'>
export type Comment = Data<'GET /repos/{owner}/{repo}/issues/comments/{comment_id}'>
export type Pull = Data<'GET /repos/{owner}/{repo}/pulls/{pull_number}'>
type Repository = Data<'GET /repos/{owner}/{repo}'>
type User = NonNullable<Comment['user']>

interface Example {
  name: string
  // biome-ignore lint/suspicious/noExplicitAny: payloads as GitHub sent them
  examples: any[]
}

/** Payloads of webhooks that GitHub sent, by event. */
export const EXAMPLES = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'),
) as Example[]

// biome-ignore lint/suspicious/noExplicitAny: payloads as GitHub sent them
const example = (name: string): any => EXAMPLES.find((one) => one.name === name)?.examples[0]

const BASE = {
  issue: example('issues').issue,
  pull: example('pull_request').pull_request,
  comment: example('issue_comment').comment,
  repository: example('issues').repository,
  user: example('issues').sender,
}

const shaped = <T>(base: unknown, over: Partial<T>): T => ({ ...(base as T), ...over })

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

export const userShape = ({ id, login, type }: Account): User =>
  shaped<User>(BASE.user, { id, login, type, html_url: `https://github.com/${login}` })

export const fullName = ({ owner, name }: RepoRow): string => `${owner}/${name}`

export const urlsOf = (world: World, repo: RepoRow) => ({
  api: `${world.origin}/api/v3/repos/${fullName(repo)}`,
  html: `${world.origin}/${fullName(repo)}`,
})

export function repositoryShape(world: World, repo: RepoRow, can: { push: boolean; admin: boolean }): Repository {
  const { api, html } = urlsOf(world, repo)
  return shaped<Repository>(BASE.repository, {
    id: repo.id,
    name: repo.name,
    full_name: fullName(repo),
    private: repo.private,
    default_branch: repo.defaultBranch,
    url: api,
    html_url: html,
    clone_url: `${html}.git`,
    owner: userShape(world.accounts.get(repo.owner) as Account),
    has_discussions: false,
    subscribers_count: 1,
    network_count: 0,
    permissions: { pull: true, triage: can.push, push: can.push, maintain: can.admin, admin: can.admin },
    allow_squash_merge: true,
  })
}

export const labelShapes = (world: World, repo: RepoRow, names: readonly string[]) =>
  names.map((name, index) => ({
    ...{
      id: index + 1,
      node_id: `L${index + 1}`,
      url: `${urlsOf(world, repo).api}/labels/${encodeURIComponent(name)}`,
    },
    ...{ name, color: 'ededed', default: false, description: null },
  }))

/** As an account sees itself, or others see it in full. */
export const accountShape = (account: Account) => ({
  ...userShape(account),
  ...{ name: null, company: null, blog: null, location: null, email: null, hireable: null, bio: null },
  ...{ public_repos: 1, public_gists: 0, followers: 0, following: 0, created_at: SINCE, updated_at: SINCE },
})
const SINCE = '2020-01-01T00:00:00Z'

export function issueShape(world: World, repo: RepoRow, row: IssueRow): Issue {
  const { api, html } = urlsOf(world, repo)
  return shaped<Issue>(BASE.issue, {
    id: row.id,
    number: row.number,
    title: row.title,
    body: row.body,
    user: userShape(row.author),
    state: row.state,
    labels: labelShapes(world, repo, row.labels) as Issue['labels'],
    assignees: [],
    assignee: null,
    comments: repo.comments.filter(({ issue }) => issue === row.number).length,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    closed_at: row.closedAt === undefined ? null : iso(row.closedAt),
    url: `${api}/issues/${row.number}`,
    repository_url: api,
    html_url: `${html}/${row.pull ? 'pull' : 'issues'}/${row.number}`,
    ...(row.pull && {
      pull_request: {
        url: `${api}/pulls/${row.number}`,
        html_url: `${html}/pull/${row.number}`,
        diff_url: null,
        patch_url: null,
      },
    }),
  })
}

export function commentShape(world: World, repo: RepoRow, row: CommentRow): Comment {
  const { api, html } = urlsOf(world, repo)
  return shaped<Comment>(BASE.comment, {
    id: row.id,
    body: row.body,
    user: userShape(row.author),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    url: `${api}/issues/comments/${row.id}`,
    issue_url: `${api}/issues/${row.issue}`,
    html_url: `${html}/issues/${row.issue}#issuecomment-${row.id}`,
  })
}

export function eventShape(row: EventRow) {
  return {
    id: row.id,
    node_id: `E${row.id}`,
    url: '',
    actor: userShape(row.by),
    event: row.event,
    commit_id: row.commit ?? null,
    commit_url: null,
    created_at: iso(row.at),
    ...(row.label !== undefined && { label: { name: row.label, color: 'ededed' } }),
    performed_via_github_app: null,
  }
}

export const reactionShape = (row: ReactionRow) => ({
  id: row.id,
  node_id: `R${row.id}`,
  user: userShape(row.by),
  content: row.content,
  created_at: '2026-11-21T09:00:00Z',
})

export function pullShape(world: World, repo: RepoRow, row: IssueRow, baseSha: string): Pull {
  const { api, html } = urlsOf(world, repo)
  const pull = row.pull
  if (!pull) throw new Error(`#${row.number} is no pull request`)
  const repository = repositoryShape(world, repo, { push: true, admin: false })
  const [headOwner = ''] = (pull.head.repo ?? row.author.login).split('/')
  const headUser = userShape(world.accounts.get(headOwner) ?? row.author)
  const headRepository =
    pull.head.repo === undefined
      ? null
      : shaped<typeof repository>(repository, { full_name: pull.head.repo, owner: headUser })
  return shaped<Pull>(BASE.pull, {
    id: row.id,
    number: row.number,
    title: row.title,
    body: row.body,
    user: userShape(row.author),
    state: row.state,
    draft: pull.draft,
    auto_merge: null,
    labels: [],
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    closed_at: row.closedAt === undefined ? null : iso(row.closedAt),
    merged_at: pull.merged === undefined ? null : iso(pull.merged.at),
    merged: pull.merged !== undefined,
    merge_commit_sha: pull.merged?.sha ?? null,
    mergeable: pull.mergeable === undefined ? true : pull.mergeable,
    mergeable_state: pull.mergeableState ?? 'clean',
    maintainer_can_modify: pull.maintainerCanModify ?? false,
    head: {
      label: `${headOwner}:${pull.head.branch}`,
      ref: pull.head.branch,
      sha: pull.head.sha,
      user: headUser,
      repo: headRepository as never,
    },
    base: {
      label: `${repo.owner}:${pull.base}`,
      ref: pull.base,
      sha: baseSha,
      user: repository.owner as never,
      repo: repository as never,
    },
    url: `${api}/pulls/${row.number}`,
    html_url: `${html}/pull/${row.number}`,
    issue_url: `${api}/issues/${row.number}`,
  })
}
