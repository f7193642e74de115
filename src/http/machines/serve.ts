import type { Reply } from '../../core/inputs.ts'
import type { Actor } from '../../core/types.ts'
import { shownAsks } from '../asks-shown.ts'
import type { HttpDeps } from '../deps.ts'
import { safeJson } from '../present/body.ts'
import { runOf } from '../present/run.ts'
import type { LocalMachine, MachinesPorts } from './ports.ts'

/** Runs that ended lately are shown, too. */
const MOST_RUNS = 20
/** What another machine may ask for: what belongs to a run or an ask of this one. */
export const OF_ONE = /^\/api\/(?:status|sessions|asks)\/([^/?]{1,200})(?:[/?]|$)/
/** Beside that: commands that name a run of this one. */
export const COMMANDS = '/api/commands'
/** And what is asked of all machines at once. */
const OF_ALL = /^\/api\/(?:search|cost|environments)$/
/** Says that a call was passed on by a machine, and is not passed on again. */
export const PASSED = 'x-baton-passed'

type Ports = Pick<HttpDeps, 'api' | 'redact' | 'apiToken'>

/** Needs the schemas, which are loaded with the pages. */
interface LateParts {
  readDoing: (doing: Record<string, unknown>) => Awaited<ReturnType<LocalMachine['read']>>
  answerFor: (ports: Ports, id: string, body: unknown, who: { by: Actor; key: string | undefined }) => Promise<Reply>
}

/** Shows the other machines what this one does, and answers their calls about it. `late`: what is loaded with the pages. */
export function serveMachines(
  ports: Ports,
  { serve }: MachinesPorts,
  { address, late }: { address: () => string; late: () => Promise<LateParts> },
): void {
  const { api, redact, apiToken } = ports
  serve({
    doing: () => {
      const sessions = api.view.runs({ limit: MOST_RUNS }).map(runOf)
      return JSON.parse(safeJson({ sessions, asks: shownAsks(ports, api.view.openAsks()) }, redact))
    },
    read: async (doing) => (await late()).readDoing(doing),
    events: {
      lastSeq: api.view.lastSeq,
      follow: (listener, after) => api.follow((event) => listener(event.seq, safeJson(event, redact)), after),
    },
    async answer({ method, path, body, key, by }) {
      const url = new URL(path, address())
      const [, ask] = /^\/api\/asks\/([^/?]{1,200})$/.exec(url.pathname) ?? []
      if (by && ask !== undefined && method === 'POST') {
        const { answerFor } = await late()
        const reply = await answerFor(ports, decodeURIComponent(ask), body, { by, key })
        return { status: 200, type: 'application/json', text: safeJson(reply, redact) }
      }
      const { session_id: session } = (body ?? {}) as { session_id?: unknown }
      const isCommand = method === 'POST' && url.pathname === COMMANDS && typeof session === 'string'
      const isOurs =
        OF_ONE.test(url.pathname) ||
        (method === 'GET' && OF_ALL.test(url.pathname)) ||
        (isCommand && api.view.run(session) !== undefined)
      if (url.origin !== new URL(address()).origin || !isOurs)
        return { status: 403, type: 'text/plain', text: 'Not for other machines.' }
      const response = await fetch(url, {
        method,
        headers: {
          ...{ authorization: `Bearer ${apiToken}`, 'content-type': 'application/json', [PASSED]: '1' },
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
      })
      const type = response.headers.get('content-type') ?? 'application/json'
      return { status: response.status, type, text: await response.text() }
    },
  })
}
