import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { sha256 } from '../../text/sha256.ts'
import type { Parts } from '../parts.ts'
import { defineRoute, FORM, type Route } from '../route.ts'

const answer = z.union([
  z.object({ status: z.literal('ignored'), reason: z.string() }),
  z.object({ status: z.literal('received'), deployment_id: z.string(), branch: z.string() }),
])

/**
 * Webhooks of GitHub are a hint to look now. Of what they say a push alone is used: to start its pipelines, for a commit that
 * the remote must have; all else is asked of GitHub. Only the body is signed, so that a delivery is known by its id and by its body.
 */
export function gitHubHookRoutes({ gitHubHook }: Pick<Parts, 'gitHubHook'>): Route[] {
  const refused = (error: string) => ({ status: 401, json: { error } })
  return [
    defineRoute({
      method: 'post',
      path: '/webhooks/github',
      access: 'signature',
      summary: 'A webhook of GitHub, signed with GITHUB_WEBHOOK_SECRET; Baton checks the repository now',
      answers: { 200: { description: 'Accepted', schema: answer } },
      handle: ({ raw, req }) => {
        if (!gitHubHook)
          return refused('GITHUB_WEBHOOK_SECRET is not set in .env, so no webhook of GitHub is accepted.')
        if (!isSigned(raw, req.get('x-hub-signature-256'), gitHubHook.secret)) return refused('The signature is wrong.')
        const payload = jsonIn(req.is(FORM) ? fieldOf(raw) : raw.toString('utf8'))
        if (payload === undefined)
          return {
            status: 400,
            json: { error: 'The body is not JSON.' },
          }
        const id = req.get('x-github-delivery')?.slice(0, 100) || sha256(raw)
        const heard = (reason: string) => ({ json: { status: 'ignored' as const, reason } })
        if (!gitHubHook.isNew({ id, bodyHash: sha256(raw) })) return heard('This delivery was already received.')
        gitHubHook.hint()
        const pushed = gitHubHook.pushed?.(req.get('x-github-event'), payload)
        if (pushed && 'deploymentId' in pushed)
          return {
            json: { status: 'received' as const, deployment_id: pushed.deploymentId, branch: pushed.branch },
          }
        return heard(pushed?.reason ?? 'Not a push to a tracked branch; Baton checks the repository now.')
      },
    }),
  ]
}

/** The field of GitHub's form that holds the JSON; the signature is of the whole form. */
const fieldOf = (raw: Buffer): string => new URLSearchParams(raw.toString('utf8')).get('payload') ?? ''

/** What cannot be read as JSON says nothing. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** In a time that tells nothing of the right signature; one of another length is a wrong one. */
function isSigned(body: Buffer, given: string | undefined, secret: string): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/.exec(given ?? '') ?? []
  const right = createHmac('sha256', secret).update(body).digest()
  return hex !== undefined && timingSafeEqual(Buffer.from(hex, 'hex'), right)
}
