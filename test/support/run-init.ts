import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { getMe } from '../../src/doctor/telegram.ts'
import { type InitDeps, runInit } from '../../src/init/init.ts'
import type { BotApi } from './bot-api/server.ts'

/** Runs init with these lines typed, each once the question it answers was asked. None: the input ends at once. */
export async function runInitWith(
  home: string,
  typed: [question: RegExp, answer: string][],
  over: Partial<InitDeps> & { api?: BotApi } = {},
) {
  const input = (over.input as PassThrough | undefined) ?? new PassThrough()
  const output = new PassThrough()
  let said = ''
  let seen = 0
  const answers = [...typed]
  output.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    const [question, answer] = answers[0] ?? []
    if (!question || answer === undefined || !question.test(said.slice(seen))) return
    answers.shift()
    seen = said.length
    setImmediate(() => input.write(over.input ? answer : `${answer}\n`))
  })
  if (typed.length === 0) input.end()
  const exitCode = await runInit({
    flags: {},
    env: over.api ? { TELEGRAM_API_ROOT: over.api.root } : {},
    output,
    getMe: (token, apiRoot) => getMe(token, apiRoot, fetch),
    fetch,
    run: async () => undefined,
    platform: 'freebsd',
    userHome: join(home, 'user'),
    place: {
      node: '/usr/bin/node',
      program: '/opt/baton/bin/baton.js',
      home,
      path: '/clone/node_modules/.bin:/usr/bin',
    },
    call: (subcommand) => `baton ${subcommand}`,
    patienceMs: 2_000,
    ...over,
    input,
  })
  return { exitCode, said, unanswered: answers.map(([question]) => String(question)) }
}
