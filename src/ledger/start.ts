import type { Config } from '../config/types.ts'
import type { Deployment } from '../core/deploy/deployment.ts'
import type { KeptValues } from '../core/kept-values.ts'
import type { BatonEvent, Run, Task } from '../core/types.ts'
import { deploymentEntry, runEntry } from './facts.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { NotionError, openTable } from './notion.ts'

/** What a ledger is kept from. */
export interface StartLedgerPorts {
  notion: NonNullable<Config['notion']>
  login: { token: string | undefined; apiUrl: string | undefined }
  /** Where the dashboard is, for links; absent: on this machine only. */
  url: string | undefined
  read: {
    run: (id: string) => Run | undefined
    tasks: (runId: string) => Task[]
    deployment: (id: string) => Deployment | undefined
    lastEventSeq: () => number
  }
  kept: KeptValues
  follow: (listener: (event: BatonEvent) => void, after?: number) => () => void
  redact: <T>(value: T) => T
  onTrouble: (text: string) => void
  onError: (error: unknown) => void
}

/** A run from the terminal ends with its page. */
const LAST_WORDS_MS = 3_000

/** Keeps the ledger from now on, and writes what it missed; returns how to end it. */
export function startLedger(ports: StartLedgerPorts): () => Promise<void> {
  const { notion, login, read, kept, follow, redact, url } = ports
  const linkTo = (runId: string) => (url === undefined ? undefined : `${url}/#/run/${encodeURIComponent(runId)}`)
  const ledger: Ledger = createLedger({
    open() {
      const { token, apiUrl } = login
      if (token === undefined) throw new NotionError('unauthorized', 'NOTION_TOKEN is missing: set it in .env.')
      return openTable({ token, apiUrl }, notion, { now: Date.now })
    },
    properties: notion.properties,
    kept,
    entryOf(key) {
      const [, kind, id = ''] = /^(run|deployment):(.+)$/.exec(key) ?? []
      // Before anything is cut, secrets go: what is left of one would not be known any more.
      if (kind === 'deployment') {
        const deployment = read.deployment(id)
        return deployment && deploymentEntry(redact(deployment), { url: linkTo(deployment.runId) })
      }
      const run = read.run(id)
      return run && runEntry(redact(run), redact(read.tasks(id)), { url: linkTo(id) })
    },
    onTrouble: (text) =>
      ports.onTrouble(text === undefined ? 'The ledger in Notion is written again.' : `Notion: ${text}`),
    onError: ports.onError,
    now: Date.now,
  })
  // What happened before there was a ledger is not written into it.
  const unfollow = follow(({ type, runId, seq, data }) => {
    const deployment = data?.deployment as { id?: unknown } | undefined
    if (/^deployment\./.test(type) && typeof deployment?.id === 'string')
      ledger.changed(`deployment:${deployment.id}`, seq)
    else if (runId !== undefined && /^(run|task)\./.test(type)) ledger.changed(`run:${runId}`, seq)
  }, ledger.place() ?? read.lastEventSeq())
  ledger.start()
  return async () => {
    unfollow()
    await ledger.stop(LAST_WORDS_MS)
  }
}
