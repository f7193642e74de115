import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BATON } from '../daemon-process.ts'
import { bodyOf } from './day.ts'
import type { SecretsHouse } from './house.ts'
import type { Output } from './look.ts'

/** Every file below a folder. */
export function filesIn(dir: string): Output[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const text = `${entry.name}\n${readFileSync(path, 'utf8')}`
      return {
        where: `the file ${path.slice(dir.length + 1)}`,
        text,
        ...(entry.name.endsWith('.md') && { as: 'markdown' as const }),
      }
    })
}

/** All that the Bot API was sent: texts, buttons, captions, and documents with their names. */
export function chatOutputs({ api }: SecretsHouse): Output[] {
  const sent = api.calls.map(({ method, params }) => ({
    where: `the chat (${method})`,
    text: wordsIn(params).join('\n'),
    as: 'html' as const,
  }))
  const documents = api
    .conversation(4711)
    .messages.filter(({ from, file }) => from.isBot && file !== undefined)
    .map(({ file }) => ({
      where: 'a document in the chat',
      text: `${file?.name}\n${api.world.files.byId(file?.fileId ?? '')?.bytes.toString('utf8')}`,
    }))
  return [...sent, ...documents]
}

/** Every text in a value, the names of its fields among them. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...wordsIn(inner)])
}

/** Every page and view that HTTP has about what happened. */
export async function httpOutputs(house: SecretsHouse): Promise<Output[]> {
  const { http } = house
  const sessions = await http('/api/sessions')
  const ids = bodyOf<{ sessions: { session_id: string }[] }>(sessions).sessions.map((session) => session.session_id)
  const paths = [
    ...['/', '/health', '/metrics', '/api/openapi.json', '/api/asks', '/api/overview', '/api/cost', '/api/task-files'],
    ...['/api/nowhere', '/api/session'],
    ...ids.flatMap((id) => [
      `/api/status/${id}`,
      ...['', '/tasks', '/report'].map((rest) => `/api/sessions/${id}${rest}`),
      ...[1, 2, 3, 4].flatMap((task) =>
        ['', '/log', '/log?after=0', '/diff'].map((rest) => `/api/sessions/${id}/tasks/${task}${rest}`),
      ),
    ]),
  ]
  const pages: Output[] = []
  for (const path of paths) pages.push(await http(path))
  return [sessions, ...pages, await eventsOf(house)]
}

/** The stream of events from its beginning, for a moment: it has no end of its own. */
async function eventsOf({ daemon, value }: SecretsHouse): Promise<Output> {
  let text = ''
  try {
    const response = await fetch(`${daemon.url}/api/events`, {
      headers: { authorization: `Bearer ${value('API_TOKEN')}`, 'last-event-id': '0' },
      signal: AbortSignal.timeout(700),
    })
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk
  } catch {
    // Cut off on purpose.
  }
  return { where: 'the stream of events', text }
}

/** What a command prints. */
export async function commandOutput({ home, env }: SecretsHouse, args: readonly string[]): Promise<Output> {
  const child = spawn(process.execPath, [BATON, ...args], {
    cwd: home.dir,
    env: { PATH: process.env.PATH, HOME: home.dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const read = (chunk: Buffer) => {
    text += chunk.toString('latin1')
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const timer = setTimeout(() => child.kill('SIGTERM'), 300_000)
  await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  return { where: `baton ${args.join(' ')}`, text: Buffer.from(text, 'latin1').toString('utf8') }
}
