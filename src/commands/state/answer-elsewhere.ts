import { randomUUID } from 'node:crypto'
import type { SaidElsewhere } from '../../core/elsewhere.ts'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import { readDoing } from '../../http/machines/others.ts'
import { lookAtMachines } from '../../machines/look.ts'
import type { CommandArgv } from '../argv/call.ts'
import type { Shell } from '../shell/shell.ts'
import type { Loaded } from './load-config.ts'

/**
 * Answers the only ask that other machines have, where this one has none; of several it says which there are. Undefined: there
 * is none, or nobody can say.
 */
export async function answerElsewhere(
  { actor }: Pick<Shell, 'actor'>,
  { config, secrets }: Pick<Loaded, 'config' | 'secrets'>,
  call: CommandArgv,
): Promise<Reply | undefined> {
  const said = saidBy(call)
  if (secrets.databaseUrl === undefined || !said) return undefined
  const look = await lookAtMachines(secrets.databaseUrl, config.machine.name).catch(() => undefined)
  try {
    const seen = (await look?.seen().catch(() => undefined)) ?? []
    const asks = seen.flatMap(({ machine, doing, silentSince }) =>
      silentSince === undefined ? readDoing(doing).asks.map((ask) => ({ machine, ask })) : [],
    )
    const [only, ...others] = asks
    if (!look || !only) return undefined
    const { machine, ask } = only
    if (others.length > 0) {
      const titles = asks.map((one) => `${one.machine}: ${one.ask.shown.title}`).join('; ')
      return notPossible(`Other machines ask several things: ${titles}. Answer in a chat or on the dashboard.`)
    }
    const answer = await look.call(machine, {
      ...{ method: 'POST', path: `/api/asks/${encodeURIComponent(ask.id)}`, key: randomUUID(), by: actor },
      body: { ...said, hash: ask.hash },
    })
    if (answer?.status !== 200) return notPossible(`${machine} asks this, and does not answer at the moment.`)
    const reply = JSON.parse(answer.text) as Reply
    return { ...reply, text: `${machine}: ${reply.text}`, data: { machine } }
  } finally {
    await look?.close()
  }
}

/** The same in words that another machine understands; undefined where a task is named, which is one of this machine. */
function saidBy({ command, words }: CommandArgv): SaidElsewhere | undefined {
  if (!('target' in command) || command.target.task !== undefined || command.target.askId !== undefined)
    return undefined
  if (command.type === 'approve') return { approve: true }
  if (command.type === 'reject') return { reject: command.text ?? '' }
  const text = words?.join(' ') ?? (command.type === 'words' ? command.text : undefined)
  return command.type === 'words' && text ? { answer: text } : undefined
}
