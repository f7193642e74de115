import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCrossProcessApi } from '../../src/daemon/api/cross-process-api.ts'
import type { CrossProcessApi } from '../../src/daemon/runner-types.ts'
import type { Person } from '../../test/support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../../test/support/bot-api/server.ts'
import type { Break } from '../break.ts'
import { type RunningDaemon, startRunningDaemon } from '../daemon-process.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { killNow, processesWith } from '../processes.ts'
import { type Job, taskFileOf } from './jobs.ts'

export const API_TOKEN = 'api-token-of-the-answers-row'
export const WEBHOOK_SECRET = 'webhook-secret-of-the-answers-row'
/** A group in which the allowed people may use the bot, with a stranger in it. */
export const GROUP = -100_200
/** Another one, which nobody named. */
export const FOREIGN_GROUP = -100_666

/** A daemon with everybody around it; outlived by the people, the chats, the files and the agent's witness. */
export interface AnswersHouse {
  home: FaultHome
  api: BotApi
  projects: string[]
  jobs: Job[]
  /** Both may use the bot. */
  allowed: [Person, Person]
  mallory: Person
  /** The api that `baton approve` and its like use, from a process of its own. */
  local: CrossProcessApi['api']
  /** A request with a token or without; undefined when the connection was lost. */
  http: (request: HttpRequest) => Promise<HttpReply | undefined>
  /** Every answer that blamed the server. */
  serverErrors: string[]
  isUp: () => boolean
  up: () => Promise<void>
  /** Ends the daemon, in order or at once. */
  down: (how: 'SIGTERM' | 'SIGKILL') => Promise<void>
  close: () => Promise<void>
}

export interface HttpRequest {
  path: string
  body?: unknown
  token?: string
  key?: string
}

export interface HttpReply {
  status: number
  body: Record<string, unknown>
}

const AGENT = new URL('../programs/listening-agent.ts', import.meta.url).pathname

/** Opens a house with these jobs to do, and brings it up. */
export async function openAnswersHouse(jobs: Job[], breaks: Break | undefined): Promise<AnswersHouse> {
  const api = await startBotApi({ tapLifeMs: 60_000 })
  const allowed: [Person, Person] = [api.person({ id: 4711, name: 'Anna' }), api.person({ id: 4712, name: 'Bert' })]
  const mallory = api.person({ id: 666, name: 'Mallory' })
  api.group({ id: GROUP, title: 'Team', type: 'supergroup' })
  api.group({ id: FOREIGN_GROUP, title: 'Friends' })
  const projects = [...new Set(jobs.map(({ project }) => project))]
  const home = createFaultHome('')
  home.write('config.yaml', configOf(projects))
  for (const project of projects) {
    home.write(`tasks/${project}/today.md`, taskFileOf(jobs.filter((job) => job.project === project)))
    home.write(`${project}/README.md`, 'Here the agent works.\n')
  }
  home.write('.env', envOf(api))
  const env = { ...home.agentEnv, TZ: 'UTC' }
  let daemon: RunningDaemon | undefined = await startRunningDaemon(home.dir, { breaks, env })
  const remote = openCrossProcessApi({ stateDir: home.stateDir, queues: projects, now: Date.now, newId: randomUUID })
  if (!remote) throw new Error('There is no state yet')
  const down = async (how: 'SIGTERM' | 'SIGKILL') => {
    daemon?.kill(how)
    await daemon?.ended
    daemon = undefined
  }
  const serverErrors: string[] = []
  return {
    home,
    api,
    serverErrors,
    projects,
    jobs,
    allowed,
    mallory,
    local: remote.api,
    http: async ({ path, body, token, key }) => {
      if (!daemon) return undefined
      const reply = await request(`${daemon.url}${path}`, body, {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
      })
      if (reply && reply.status >= 500) serverErrors.push(`${reply.status} ${path}: ${JSON.stringify(reply.body)}`)
      return reply
    },
    isUp: () => daemon !== undefined,
    up: async () => {
      daemon ??= await startRunningDaemon(home.dir, { breaks, env })
    },
    down,
    close: async () => {
      remote.close()
      await down('SIGTERM')
      killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
      await api.close()
      home.remove()
    },
  }
}

async function request(url: string, body: unknown, headers: Record<string, string>): Promise<HttpReply | undefined> {
  try {
    const response = await fetch(url, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(20_000),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  } catch {
    return undefined
  }
}

/** Settles with what `find` finds, or with undefined when time is up. */
export async function eventually<T>(find: () => T | undefined, limitMs = 10_000): Promise<T | undefined> {
  const until = performance.now() + limitMs
  for (;;) {
    const found = find()
    if (found !== undefined || performance.now() > until) return found
    await sleep(4)
  }
}

function configOf(projects: string[]): string {
  const named = projects.map((name) => `  ${name}:\n    path: ${name}\n`).join('')
  return `projects:
${named}claude:
  command: ${JSON.stringify([process.execPath, AGENT])}
retries: 0
approval:
  review: marked
telegram:
  chats: [${GROUP}]
timezone: UTC
`
}

function envOf(api: BotApi): string {
  return `TELEGRAM_BOT_TOKEN=${api.token}
TELEGRAM_API_ROOT=${api.root}
TELEGRAM_ALLOWED_USERS=4711,4712
API_TOKEN=${API_TOKEN}
WEBHOOK_SECRET=${WEBHOOK_SECRET}
PORT=0
`
}
