import type { Socket } from 'node:net'
import type { PlacedEnvironment } from '../config/environments-in.ts'
import type { Config } from '../config/types.ts'
import type { ChatSurface } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import type { Redact } from '../redact/redact.ts'
import type { MachinesPorts } from './machines/ports.ts'

/** Whether a chat platform is heard. */
interface HeardChat {
  ok: boolean
  /** Since it was last heard; null before. */
  lastHeardAgeMs: number | null
}

/** Where the server writes what nobody asked it; pino fits. */
interface HttpLog {
  info: (fields: object, text: string) => void
  warn: (fields: object, text: string) => void
  error: (fields: object, text: string) => void
}

/** A task by what people call it. */
interface TaskRef {
  runId: string
  number: number
}

/** The two ends of a connection. */
type Connection = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>

/** Everything that HTTP is built from; it changes nothing except through `api.submit`. */
export interface HttpDeps {
  api: DaemonApi
  config: Pick<Config, 'home' | 'stateDir' | 'logsDir' | 'http'>
  apiToken: string
  /** Absent: the `/webhook/*` routes refuse everything. */
  webhookSecret?: string
  /** Webhooks of GitHub; absent: its route refuses everything. */
  gitHubHook?: {
    secret: string
    /** Remembers a delivery; false when it was here before. */
    isNew: (delivery: { id: string; bodyHash: string }) => boolean
    /** Something happened there: look soon. */
    hint: () => void
    /** The run that a push starts, or why it starts none; absent: there are no pipelines. */
    pushed?: (event: string | undefined, body: unknown) => { deploymentId: string; branch: string } | { reason: string }
  }
  /** The repository on GitHub of a project. */
  gitHubRepo?: (queue: string) => string | undefined
  /** The environments that are configured. */
  environments?: readonly PlacedEnvironment[]
  /** Those that share runs with this one; absent: it works alone. */
  machines?: MachinesPorts
  version: string
  health: () => { worker: 'ok' | 'dead'; error?: string; why?: string }
  /** Those that are configured; absent: none is. */
  chatHealth?: () => Partial<Record<ChatSurface, HeardChat>>
  /** What a task changed, as a unified diff. */
  diff?: (task: TaskRef) => Promise<{ patch: string; truncated: boolean } | undefined>
  /** The report of a run, as Markdown. */
  report?: (runId: string) => Promise<string | undefined>
  /** Names of the task files there are, seen from home. */
  taskFiles?: () => Promise<string[]>
  /**
   * Who called, where that matters: a process of a task that is being worked on, or one of this machine that has gone since.
   * Absent: it is not looked at.
   */
  callerOf?: (connection: Connection) => Promise<'inside' | 'gone' | undefined>
  /** How push services are reached; the platform's own, except in tests. */
  pushFetch?: typeof fetch
  redact: Redact
  /** Epoch milliseconds. */
  now: () => number
  log: HttpLog
}
