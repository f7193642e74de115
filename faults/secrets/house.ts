import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Person } from '../../test/support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../../test/support/bot-api/server.ts'
import type { Break } from '../break.ts'
import { type RunningDaemon, startRunningDaemon } from '../daemon-process.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Random } from '../random.ts'
import { configuredSecrets, type Secret, shapedSecrets, splitSecrets } from './kinds.ts'
import type { Output } from './look.ts'
import { type Plants, plant } from './plant.ts'

/** A daemon whose every input has secrets in it. */
export interface SecretsHouse {
  home: FaultHome
  secrets: Secret[]
  plants: Plants
  api: BotApi
  anna: Person
  daemon: RunningDaemon
  /** With the right token; gives the body whatever the status. */
  http: (path: string, request?: RequestInit) => Promise<Output>
  /** What the systems got that are told what happens. */
  notified: Output[]
  env: Record<string, string>
  value: (name: string) => string
  close: () => Promise<void>
}

const AGENT = new URL('../programs/leaking-agent.ts', import.meta.url).pathname
const FORMATS = ['n8n', 'json', 'slack', 'discord'] as const

/** Opens a house with so many secrets beside those of its configuration. */
export async function openSecretsHouse(
  random: Random,
  shaped: number,
  breaks: Break | undefined,
): Promise<SecretsHouse> {
  const configured = configuredSecrets(random)
  const value = (name: string) => configured.find(({ kind }) => kind === name)?.value ?? ''
  const whole = [...configured, ...shapedSecrets(random, shaped)]
  const split = splitSecrets(random)
  const secrets = [...whole, ...split]
  const plants = plant(random, { whole, split })
  const api = await startBotApi({ token: value('TELEGRAM_BOT_TOKEN') })
  const anna = api.person({ id: 4711, name: 'Anna' })
  const notified: Output[] = []
  const receiver = await startReceiver(notified)
  const home = createFaultHome('')
  for (const [path, text] of Object.entries(plants.files)) home.write(path, text)
  const notify = FORMATS.map((format) => {
    // One is protected by nothing but a path that nobody can guess.
    const path = format === 'n8n' ? value('NOTIFY_PATH') : `/${format}`
    return `  - {url: "${receiver.url}${path}", format: ${format}, secret: $NOTIFY_SECRET}`
  }).join('\n')
  home.write(
    'config.yaml',
    `tasks: [tasks/today.md, tasks/long.md]\nclaude:\n  command: ${JSON.stringify([process.execPath, AGENT])}\nretries: 0\nlog:\n  level: debug\nnotify:\n${notify}\n`,
  )
  home.write(
    '.env',
    ['TELEGRAM_BOT_TOKEN', 'API_TOKEN'].map((name) => `${name}=${value(name)}\n`).join('') +
      `TELEGRAM_API_ROOT=${api.root}\nTELEGRAM_ALLOWED_USERS=4711\nPORT=0\n`,
  )
  home.write('.gitignore', '.baton/\nlogs/\nsessions/\nwitness/\n')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Anna', '-c', 'user.email=anna@example.org', ...args], { cwd: home.dir })
  git('init', '-q')
  git('add', '-A')
  git('commit', '-q', '-m', 'Begin')
  // The rest comes by the environment, where no quoting stands between a value and its characters.
  const byEnvironment = [...configured, ...split].filter(
    ({ kind, isConfigured }) => isConfigured && !['TELEGRAM_BOT_TOKEN', 'API_TOKEN', 'NOTIFY_PATH'].includes(kind),
  )
  const env = {
    ...Object.fromEntries(byEnvironment.map((one) => [one.kind, one.value])),
    CLAUDE_CONFIG_DIR: `${home.dir}/sessions`,
    BATON_REHEARSAL_JOURNAL: home.journal,
    TZ: 'UTC',
  }
  const daemon = await startRunningDaemon(home.dir, { breaks, env })
  return {
    home,
    secrets,
    plants,
    api,
    anna,
    daemon,
    notified,
    env,
    value,
    http: async (path, init = {}) => {
      const headers = {
        authorization: `Bearer ${value('API_TOKEN')}`,
        'content-type': 'application/json',
        // A busy machine lets a kept connection end just as it is used again.
        connection: 'close',
      }
      const ask = () => fetch(`${daemon.url}${path}`, { ...init, headers: { ...headers, ...init.headers } })
      let response = await ask()
      // A machine so busy that the server waits ten seconds for the rest of a line gives up on it, with no body.
      while (response.status === 408) response = await ask()
      const where = `${init.method ?? 'GET'} ${path.slice(0, 60)}`
      const as = path.endsWith('/report') ? 'markdown' : 'documents'
      return { where, text: `${JSON.stringify([...response.headers])}\n${await response.text()}`, as }
    },
    close: async () => {
      daemon.kill('SIGTERM')
      await daemon.ended
      killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
      await Promise.all([api.close(), receiver.close()])
      home.remove()
    },
  }
}

const contentOf = (body: string): string => String((JSON.parse(body) as { content?: unknown }).content ?? '')

async function startReceiver(notified: Output[]): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      // The path is the secret by which it is reached; what is sent there must hold none.
      const body = Buffer.concat(chunks).toString('utf8')
      notified.push({ where: 'a notification', text: `${JSON.stringify(request.headers)}\n${body}` })
      if (request.url === '/discord')
        notified.push({ where: 'a notification, drawn', text: contentOf(body), as: 'markdown' })
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${port}`, close }
}
