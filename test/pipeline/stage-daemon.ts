import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { type Daemon, startDaemon } from '../../src/app/daemon.ts'
import { readConfig } from '../../src/config/read.ts'
import { signedDelivery } from '../support/github/signed-delivery.ts'
import { REHEARSAL } from '../support/rehearsal-agent.ts'
import type { Stage } from './stage.ts'

const SECRET = 'the-secret-of-the-webhook'
const TOKEN = 'the-token-of-the-api-of-this-test'

/** A daemon that listens. */
export interface StageDaemon extends Daemon {
  get: (path: string) => Promise<never>
  /** What GitHub tells of a push, signed. */
  hook: (payload: object, secret?: string) => Promise<{ status: number; json: Record<string, string> }>
}

/** Starts the whole daemon on a stage, with HTTP. */
export async function startStageDaemon(stage: Stage): Promise<StageDaemon> {
  appendFileSync(join(stage.home, '.env'), `GITHUB_WEBHOOK_SECRET=${SECRET}\nAPI_TOKEN=${TOKEN}\n`)
  const read = await readConfig({ home: stage.home, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const { config, secrets, secretValues } = read
  for (const project of config.projects) project.claude.command = REHEARSAL
  config.program = join(stage.home, 'no-program')
  const opened = await startDaemon({
    ...{ config, secrets, secretValues, version: '0.0.0', log: pino({ level: 'silent' }), say: () => undefined },
    env: { PATH: process.env.PATH, HOME: stage.home, CLAUDE_CONFIG_DIR: join(stage.home, 'sessions') },
  })
  if ('holder' in opened || opened.url === undefined) throw new Error('It does not listen.')
  const { url } = opened
  return {
    ...opened,
    get: async (path) =>
      (await (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })).json()) as never,
    async hook(payload, secret = SECRET) {
      const { body, headers } = signedDelivery('push', payload, secret)
      const answer = await fetch(`${url}/webhooks/github`, { method: 'POST', body, headers })
      return { status: answer.status, json: (await answer.json()) as Record<string, string> }
    },
  }
}
