import { z } from 'zod'

/** What Jira answers (REST v3), as far as it is read. */
export const account = z.object({ accountId: z.string(), displayName: z.string().default('') })

const status = z.object({
  id: z.string(),
  name: z.string(),
  statusCategory: z.object({ key: z.string(), name: z.string().default('') }),
})

export const issue = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.object({
    summary: z.string(),
    /** A document in Atlassian's format, or null. */
    description: z.unknown(),
    status,
    reporter: account.nullish(),
    labels: z.array(z.string()).default([]),
    updated: z.string(),
  }),
})

/** A page of a search. There is no total: the end is where the token is missing. */
export const found = z.object({
  issues: z.array(z.object({ id: z.string(), key: z.string(), fields: z.object({ updated: z.string() }) })),
  nextPageToken: z.string().nullish(),
})

export const comment = z.object({ id: z.string(), author: account.nullish(), body: z.unknown() })
export const comments = z.object({ comments: z.array(comment), startAt: z.number(), total: z.number() })

export const transitions = z.object({
  transitions: z.array(
    z.object({ id: z.string(), name: z.string(), to: status, isAvailable: z.boolean().default(true) }),
  ),
})

export const changelog = z.object({
  values: z.array(
    z.object({
      author: account.nullish(),
      created: z.string(),
      items: z.array(z.object({ field: z.string(), fromString: z.string().nullish(), toString: z.string().nullish() })),
    }),
  ),
  startAt: z.number(),
  total: z.number(),
})

export const namedProject = z.object({ key: z.string(), name: z.string() })
export const permissions = z.object({ permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })) })

export type JiraAccount = z.output<typeof account>
export type JiraIssue = z.output<typeof issue>
export type JiraStatus = z.output<typeof status>
export type JiraTransition = z.output<typeof transitions>['transitions'][number]
export type JiraChange = z.output<typeof changelog>['values'][number]
