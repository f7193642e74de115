import { setTimeout as sleep } from 'node:timers/promises'
import type { RowRun } from '../row.ts'
import type { SecretsHouse } from './house.ts'
import type { Output } from './look.ts'

interface OpenAsk {
  id: string
  kind: string
  about?: string
  task: number
  questions?: unknown[]
  options: { choice: string }[]
}

const DAY_MS = 900_000

/** Lets every task run to its end, and says secrets in everything that people say meanwhile; gives what HTTP answered. */
export async function spendDay(run: RowRun, house: SecretsHouse): Promise<Output[]> {
  const { anna, plants, http } = house
  const heard: Output[] = []
  const post = async (path: string, body: unknown) =>
    heard.push(await http(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }))
  // What comes first is greeted, and starts nothing.
  for (const text of [plants.words(), '/start']) anna.says(text)
  const until = performance.now() + DAY_MS
  const failed = new Set<number>()
  let said = 0
  for (;;) {
    if (performance.now() > until) {
      run.fail(`the day does not end: ${(await http('/api/sessions')).text.slice(0, 400)}`)
      break
    }
    const { asks } = bodyOf<{ asks: OpenAsk[] }>(await http('/api/asks'))
    for (const ask of asks) {
      if (said++ % 2 === 0) await chat(house, said)
      await post(`/api/asks/${ask.id}`, { answer: { choice: 'undo', text: plants.words() } })
      await post(`/api/asks/${ask.id}`, { answer: answerTo(ask, house, failed) })
    }
    const { sessions } = bodyOf<{ sessions: { status: string }[] }>(await http('/api/sessions'))
    const [session] = sessions
    if (session && ['done', 'failed', 'stopped'].includes(session.status)) break
    await sleep(30)
  }
  await chat(house, 1)
  await nonsense(house, post)
  return heard
}

export function bodyOf<T>({ text }: Output): T {
  return JSON.parse(text.slice(text.indexOf('\n') + 1)) as T
}

function answerTo(ask: OpenAsk, { plants }: SecretsHouse, failed: Set<number>): object | string {
  const text = plants.words()
  // In words: what is shown of a question is not the question any more where there was a secret in it.
  if (ask.kind === 'question') return (ask.questions ?? []).map(() => plants.words()).join('\n')
  if (ask.kind === 'permission') return ask.id.charCodeAt(0) % 5 === 0 ? { choice: 'deny', text } : { choice: 'allow' }
  if (ask.kind === 'failure') {
    const again = !failed.has(ask.task)
    failed.add(ask.task)
    return again ? { choice: 'retry', text } : { choice: 'skip' }
  }
  if (ask.kind === 'approval') return ask.task === 4 ? { choice: 'reject', text } : { choice: 'approve' }
  return { choice: 'accept' }
}

/** Everything that can be written to the bot, with secrets in it where words go along. */
async function chat({ anna, plants, api }: SecretsHouse, turn: number): Promise<void> {
  const words = plants.words()
  const all = [
    '/status',
    '/tasks',
    '/logs',
    '/logs 1',
    '/diff 1',
    '/cost',
    `/say ${words}`,
    // Its first line becomes a heading, where pairs of some characters are Markdown's.
    `/add ${plants.plainWords()}`,
    `/start ${plants.plainWords()}.md`,
    `/skip 99 ${words}`,
    `/retry 99 ${words}`,
    `/undo 1`,
    `/approve 998 ${words}`,
    `/${plants.plainWords()}`,
    words,
  ]
  for (const text of all.slice((turn % 3) * 5, (turn % 3) * 5 + 5)) anna.says(text)
  if (turn === 1) anna.sends({ name: `${plants.plainWords()}.txt`, content: words, caption: words })
  const start = performance.now()
  while (api.updates.unconfirmed().length > 0 && performance.now() - start < 5_000) await sleep(10)
}

/** Requests that cannot be, whose errors may repeat what was sent. */
async function nonsense(
  { plants, http, value }: SecretsHouse,
  post: (path: string, body: unknown) => Promise<unknown>,
): Promise<void> {
  const words = plants.words()
  const inPath = encodeURIComponent(plants.plainWords())
  await post('/api/orchestrate', { task_file: words })
  await post('/api/orchestrate', { tasks: [{ [words]: words }] })
  await post('/api/orchestrate', `{"task_file": "${words}`)
  await post('/api/commands', { command: words })
  await post(`/api/asks/${inPath}`, { answer: words })
  await post('/webhook/command', { command: words, secret: value('WEBHOOK_SECRET') })
  await post('/webhook/command', { command: 'start', secret: value('WEBHOOK_SECRET'), params: { task_file: words } })
  await post('/webhook/command', { command: 'status', secret: words })
  await post('/webhook/logs', { secret: value('WEBHOOK_SECRET'), lines: 500 })
  await post('/webhook/status', { secret: value('WEBHOOK_SECRET') })
  await http(`/api/status/${inPath}`)
}
