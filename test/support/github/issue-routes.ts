import { type Asked, fields, notFound, oneOf, optional, Refusal, type RouteEntry, text, texts } from './router.ts'
import { commentShape, eventShape, fullName, issueShape, labelShapes, reactionShape } from './shapes.ts'
import { addComment, addEvent, closeIssue, type IssueRow, newIssue } from './world.ts'

const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const

/** An issue that is still there; one that was transferred has another number. */
export function issueOf({ repo, params, world }: Pick<Asked, 'repo' | 'params' | 'world'>): IssueRow {
  const issue = repo.issues.get(Number(params.issue_number ?? params.pull_number))
  if (!issue) throw notFound()
  if (issue.gone === 'deleted') throw new Refusal(410, 'This issue was deleted')
  if (issue.gone) throw new Refusal(301, `${world.origin}/api/v3/repos/${issue.gone.transferredTo}/issues/1`)
  return issue
}

const commentOf = ({ repo, params }: Asked) => {
  const comment = repo.comments.find(({ id }) => id === Number(params.comment_id))
  if (!comment) throw notFound()
  return comment
}

const listed = (asked: Asked): IssueRow[] => {
  const { repo, query } = asked
  const labels = query.get('labels')?.split(',') ?? []
  const state = query.get('state') ?? 'open'
  const since = Date.parse(query.get('since') ?? '1970-01-01')
  return [...repo.issues.values()]
    .filter((row) => row.gone === undefined && (state === 'all' || row.state === state))
    .filter((row) => labels.every((label) => row.labels.includes(label)) && row.updatedAt >= since)
    .sort((a, b) => (query.get('sort') === 'updated' ? b.updatedAt - a.updatedAt : b.number - a.number))
}

export const issueRoutes: RouteEntry[] = [
  {
    route: 'GET /repos/{owner}/{repo}/issues',
    needs: 'issues:read',
    query: ['labels', 'state', 'sort', 'direction', 'since', 'assignee', 'creator'],
    answer: (asked) => ({ isList: true, data: listed(asked).map((row) => issueShape(asked.world, asked.repo, row)) }),
  },
  {
    route: 'POST /repos/{owner}/{repo}/issues',
    needs: 'issues:write',
    answer: ({ world, repo, by, body }) => {
      const given = fields(body, { title: text(256), body: optional(text(65_536)) })
      const row = newIssue(world, repo, { title: given.title, body: given.body ?? null, author: by })
      return { status: 201, data: issueShape(world, repo, row) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/comments',
    needs: 'issues:read',
    query: ['since', 'sort', 'direction'],
    answer: ({ world, repo, query }) => {
      const since = Date.parse(query.get('since') ?? '1970-01-01')
      const by = query.get('sort') === 'updated' ? ('updatedAt' as const) : ('createdAt' as const)
      const rows = repo.comments.filter(({ updatedAt }) => updatedAt >= since).sort((a, b) => a[by] - b[by])
      if (query.get('direction') === 'desc') rows.reverse()
      return { isList: true, data: rows.map((row) => commentShape(world, repo, row)) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
    needs: 'issues:read',
    answer: (asked) => ({ data: commentShape(asked.world, asked.repo, commentOf(asked)) }),
  },
  {
    route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
    needs: 'issues:write',
    answer: (asked) => {
      const comment = commentOf(asked)
      if (comment.author.id !== asked.by.id) throw new Refusal(403, 'Must have admin rights to Repository.')
      const { body } = fields(asked.body, { body: text(65_536) })
      Object.assign(comment, { body, updatedAt: asked.world.tick() })
      return { data: commentShape(asked.world, asked.repo, comment) }
    },
  },
  {
    route: 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
    needs: 'issues:write',
    answer: (asked) => react(asked, `comment:${commentOf(asked).id}`),
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
    needs: 'issues:read',
    answer: (asked) => ({ data: issueShape(asked.world, asked.repo, issueOf(asked)) }),
  },
  {
    route: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
    needs: 'issues:write',
    answer: (asked) => {
      const issue = issueOf(asked)
      const given = fields(asked.body, {
        title: optional(text(256)),
        body: optional(text(65_536)),
        state: optional(oneOf('open', 'closed')),
        state_reason: optional(oneOf('completed', 'not_planned', 'reopened')),
      })
      if (given.title !== undefined) issue.title = given.title
      if (given.body !== undefined) issue.body = given.body
      if (given.state === 'closed') closeIssue(asked.world, issue, asked.by)
      else issue.updatedAt = asked.world.tick()
      return { data: issueShape(asked.world, asked.repo, issue) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/events',
    needs: 'issues:read',
    answer: (asked) => ({ isList: true, data: issueOf(asked).events.map(eventShape) }),
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    needs: 'issues:read',
    query: ['since'],
    answer: (asked) => {
      const issue = issueOf(asked)
      const rows = asked.repo.comments.filter((row) => row.issue === issue.number)
      return { isList: true, data: rows.map((row) => commentShape(asked.world, asked.repo, row)) }
    },
  },
  {
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    needs: 'issues:write',
    answer: (asked) => {
      const issue = issueOf(asked)
      const { body } = fields(asked.body, { body: text(65_536) })
      const row = addComment(asked.world, asked.repo, issue, asked.by, body)
      return { status: 201, data: commentShape(asked.world, asked.repo, row) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by',
    needs: 'issues:read',
    answer: (asked) => ({
      isList: true,
      data: issueOf(asked).blockedBy.map((number) =>
        issueShape(asked.world, asked.repo, asked.repo.issues.get(number) as IssueRow),
      ),
    }),
  },
  {
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    needs: 'issues:write',
    answer: (asked) => {
      const issue = issueOf(asked)
      for (const label of fields(asked.body, { labels: texts }).labels) {
        if (issue.labels.includes(label)) continue
        issue.labels.push(label)
        addEvent(asked.world, issue, { event: 'labeled', by: asked.by, label })
      }
      return { data: labelShapes(asked.world, asked.repo, issue.labels) }
    },
  },
  {
    route: 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
    needs: 'issues:write',
    answer: (asked) => {
      const issue = issueOf(asked)
      const label = asked.params.name as string
      if (!issue.labels.includes(label)) throw new Refusal(404, 'Label does not exist')
      issue.labels = issue.labels.filter((one) => one !== label)
      addEvent(asked.world, issue, { event: 'unlabeled', by: asked.by, label })
      return { data: labelShapes(asked.world, asked.repo, issue.labels) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/reactions',
    needs: 'issues:read',
    query: ['content'],
    answer: (asked) => {
      const { number } = issueOf(asked)
      return {
        isList: true,
        data: asked.repo.reactions.filter(({ on }) => on === `issue:${number}`).map(reactionShape),
      }
    },
  },
  {
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/reactions',
    needs: 'issues:write',
    answer: (asked) => react(asked, `issue:${issueOf(asked).number}`),
  },
]

/** A second one of the same account is the first, with 200. */
function react({ repo, by, body, world }: Asked, on: string) {
  const { content } = fields(body, { content: oneOf(...REACTIONS) })
  const known = repo.reactions.find((row) => row.on === on && row.content === content && row.by.id === by.id)
  if (known) return { status: 200, data: reactionShape(known) }
  const row = { id: world.id(), on, content, by }
  repo.reactions.push(row)
  return { status: 201, data: reactionShape(row) }
}

/** Numbers of issues that a text closes when its pull request is merged, as GitHub reads it. */
export function closedBy(repo: { owner: string; name: string }, body: string): number[] {
  const name = fullName(repo as never)
  const ref = `(?:#|${name}#|GH-|https?://[^\\s/]+/${name}/issues/)(\\d+)`
  return [...body.matchAll(new RegExp(`\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\\s+${ref}`, 'gi'))].map(([, n]) =>
    Number(n),
  )
}
