import type { Command } from '../src/core/commands/commands.ts'
import type { Reply } from '../src/core/inputs.ts'
import type { Ask } from '../src/core/types.ts'
import type { Random } from './random.ts'
import type { RunnerProcess } from './runner-process.ts'

/**
 * Somebody on the phone: outlives every runner, says again under the same key what was not confirmed, and now and then
 * everything once more, as a channel does whose own confirmation was lost.
 */
export interface Person {
  /** Talks to this process from now on. */
  meet: (runner: RunnerProcess) => void
  /** Wants something; `key` makes it one act however often it is said. */
  wants: (key: string, command: Command) => void
  /** The first reply to each act. */
  replies: Map<string, Reply>
  /** What was answered to each ask. */
  answers: Map<string, Extract<Command, { type: 'answer' }>>
  /** Acts whose repetition was answered otherwise than the first time. */
  contradictions: string[]
  /** Keys of the acts that nobody has replied to yet. */
  unconfirmed: () => Iterable<string>
}

/** A person who was told that it could not be stored tries again after this long. */
const AGAIN_MS = 700

/** Makes a person who agrees to everything after up to `delayMs`. */
export function createPerson(random: Random, { delayMs }: { delayMs: number }): Person {
  const unconfirmed = new Map<string, Command>()
  const said = new Map<string, Command>()
  const asked = new Set<string>()
  let current: RunnerProcess | undefined
  const person: Person = {
    replies: new Map(),
    answers: new Map(),
    contradictions: [],
    unconfirmed: () => unconfirmed.keys(),
    wants(key, command) {
      unconfirmed.set(key, command)
      said.set(key, command)
      current?.say({ do: 'command', key, command })
    },
    meet(runner) {
      current = runner
      asked.clear()
      runner.on((told) => {
        if (current !== runner) return
        if (told.is === 'opened') {
          for (const [key, command] of random.chance(0.3) ? said : unconfirmed)
            runner.say({ do: 'command', key, command })
          for (const ask of told.asks) consider(runner, ask)
        } else if (told.is === 'event' && told.event.type === 'ask.opened' && told.event.askId !== undefined) {
          runner.say({ do: 'ask', id: told.event.askId })
        } else if (told.is === 'ask' && told.ask) consider(runner, told.ask)
        else if (told.is === 'reply') confirm(told.key, told.reply)
      })
    },
  }
  return person

  function consider(runner: RunnerProcess, ask: Ask): void {
    if (asked.has(ask.id) || ask.state !== 'open') return
    asked.add(ask.id)
    const command = person.answers.get(ask.id) ?? answerTo(ask, random)
    setTimeout(
      () => {
        if (current !== runner) return
        person.answers.set(ask.id, command)
        person.wants(`tap:${ask.id}`, command)
      },
      random.int(0, delayMs),
    )
  }

  function confirm(key: string, reply: Reply): void {
    // Not stored is not accepted: said again, as a person would.
    if (!reply.ok && /not be stored|^Stored;/.test(reply.text)) {
      const runner = current
      setTimeout(() => {
        const command = unconfirmed.get(key)
        if (command && current === runner) runner?.say({ do: 'command', key, command })
      }, AGAIN_MS)
      return
    }
    const first = person.replies.get(key)
    if (first && (first.ok !== reply.ok || first.text !== reply.text))
      person.contradictions.push(`${key}: “${first.text}”, then “${reply.text}”`)
    person.replies.set(key, first ?? reply)
    unconfirmed.delete(key)
  }
}

/** Agreement, with one of the options where there are some. */
function answerTo(ask: Ask, random: Random): Extract<Command, { type: 'answer' }> {
  const target = { askId: ask.id, hash: ask.hash }
  const choice = (['approve', 'allow', 'accept', 'retry', 'answer'] as const).find((wanted) =>
    ask.options.some((option) => option.choice === wanted),
  )
  if (choice !== 'answer') return { type: 'answer', target, choice: choice ?? 'skip' }
  const answers = Object.fromEntries(
    (ask.questions ?? []).map(({ question, options }) => [question, random.pick(options).label]),
  )
  return { type: 'answer', target, choice, answers }
}
