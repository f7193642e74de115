import { shortBranchShape } from './ci-shapes.ts'
import { issueOf } from './issue-routes.ts'
import { type Asked, fields, invalid, notFound, oneOf, optional, type RouteEntry, text, yesOrNo } from './router.ts'
import { accountShape, fullName, pullShape, repositoryShape, userShape } from './shapes.ts'
import { closeIssue, followHeads, gitIn, type IssueRow, newIssue, type Permission, tipOf } from './world.ts'

/** GitHub's short words: maintain counts as write, triage as read. */
const SHORT: Record<Permission, 'admin' | 'write' | 'read' | 'none'> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
  none: 'none',
}

export const canPush = (permission: Permission | undefined): boolean =>
  ['admin', 'write'].includes(SHORT[permission ?? 'none'])

export const accountRoutes: RouteEntry[] = [
  { route: 'GET /user', answer: ({ by }) => ({ data: accountShape(by) }) },
  {
    route: 'GET /repos/{owner}/{repo}',
    needs: 'metadata:read',
    answer: ({ world, repo, by }) => {
      const permission = repo.people.get(by.login)
      const can = { push: canPush(permission), admin: permission === 'admin' }
      return { data: repositoryShape(world, repo, can) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/branches',
    needs: 'contents:read',
    answer: (asked) => {
      const { defaultBranch, gitDir } = asked.repo
      const sha = tipOf(gitDir, defaultBranch) ?? ''
      return { isList: true, data: [shortBranchShape(asked, defaultBranch, sha)] }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
    needs: 'metadata:read',
    answer: ({ world, repo, by, params }) => {
      if (!canPush(repo.people.get(by.login))) throw notFound()
      const account = world.accounts.get(params.username as string)
      if (!account) throw notFound()
      const role = repo.people.get(account.login) ?? (repo.private ? 'none' : 'read')
      return {
        data: {
          permission: SHORT[role],
          role_name: role,
          user: { ...userShape(account), email: null, role_name: role },
        },
      }
    },
  },
]

export const pullOf = (asked: Pick<Asked, 'repo' | 'params' | 'world'>): IssueRow => {
  const row = issueOf(asked)
  if (!row.pull) throw notFound()
  return row
}

export const shapeOfPull = ({ world, repo }: Pick<Asked, 'world' | 'repo'>, row: IssueRow) =>
  pullShape(world, repo, row, tipOf(repo.gitDir, row.pull?.base ?? '') ?? '0'.repeat(40))

export const pullRoutes: RouteEntry[] = [
  {
    route: 'GET /repos/{owner}/{repo}/pulls',
    needs: 'pulls:read',
    query: ['state', 'head', 'base', 'sort', 'direction'],
    answer: (asked) => {
      const { repo, query } = asked
      followHeads(repo)
      const state = query.get('state') ?? 'open'
      const head = query.get('head')
      const rows = [...repo.issues.values()]
        .filter((row) => row.pull !== undefined && (state === 'all' || row.state === state))
        .filter(({ pull }) => head === null || `${(pull?.head.repo ?? '').split('/')[0]}:${pull?.head.branch}` === head)
        .filter(({ pull }) => query.get('base') === null || pull?.base === query.get('base'))
        .sort((a, b) => (query.get('sort') === 'updated' ? b.updatedAt - a.updatedAt : b.number - a.number))
      return { isList: true, data: rows.map((row) => shapeOfPull(asked, row)) }
    },
  },
  {
    route: 'POST /repos/{owner}/{repo}/pulls',
    needs: 'pulls:write',
    answer: (asked) => {
      const { world, repo, by } = asked
      const given = fields(asked.body, {
        title: text(256),
        head: text(255),
        base: text(255),
        body: optional(text(65_536)),
        draft: optional(yesOrNo),
        maintainer_can_modify: optional(yesOrNo),
      })
      const branch = given.head.replace(`${repo.owner}:`, '')
      const sha = tipOf(repo.gitDir, branch)
      if (sha === undefined)
        throw invalid('Validation Failed', [{ resource: 'PullRequest', field: 'head', code: 'invalid' }])
      const base = tipOf(repo.gitDir, given.base)
      if (base === undefined)
        throw invalid('Validation Failed', [{ resource: 'PullRequest', field: 'base', code: 'invalid' }])
      const open = [...repo.issues.values()].find(
        ({ state, pull }) => state === 'open' && pull?.head.branch === branch && pull.base === given.base,
      )
      if (open)
        throw invalid('Validation Failed', [
          {
            resource: 'PullRequest',
            code: 'custom',
            message: `A pull request already exists for ${repo.owner}:${branch}.`,
          },
        ])
      if (gitIn(repo.gitDir, ['rev-list', '--count', `${base}..${sha}`]) === '0')
        throw invalid('Validation Failed', [
          { resource: 'PullRequest', code: 'custom', message: `No commits between ${given.base} and ${branch}` },
        ])
      const row = newIssue(world, repo, {
        title: given.title,
        body: given.body ?? null,
        author: by,
        pull: { head: { branch, sha, repo: fullName(repo) }, base: given.base, draft: given.draft ?? false },
      })
      followHeads(repo)
      return { status: 201, data: shapeOfPull(asked, row) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    needs: 'pulls:read',
    answer: (asked) => {
      followHeads(asked.repo)
      return { data: shapeOfPull(asked, pullOf(asked)) }
    },
  },
  {
    route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    needs: 'pulls:write',
    answer: (asked) => {
      const row = pullOf(asked)
      const given = fields(asked.body, {
        title: optional(text(256)),
        body: optional(text(65_536)),
        state: optional(oneOf('open', 'closed')),
        base: optional(text(255)),
      })
      if (given.title !== undefined) row.title = given.title
      if (given.body !== undefined) row.body = given.body
      if (given.state === 'closed') closeIssue(asked.world, row, asked.by)
      row.updatedAt = asked.world.tick()
      return { data: shapeOfPull(asked, row) }
    },
  },
]
