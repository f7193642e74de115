import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Ask } from '../../src/core/types.ts'
import { openStore } from '../../src/store/store.ts'
import { isAskedAgain } from '../verdict.ts'
import { readWitness } from '../witness.ts'
import { type AnswersHouse, FOREIGN_GROUP, GROUP } from './house.ts'
import type { Job } from './jobs.ts'
import type { AskRecord, Claim } from './shots.ts'

/** Everything that is wrong once a house is done: in what was stored, in what the agent was told, in who heard what. */
export function findWrong(house: AnswersHouse, records: readonly AskRecord[], hasKills: boolean): string[] {
  const stored = storedAsks(house)
  return [...storeFaults(stored, records), ...agentFaults(house, stored, hasKills), ...silenceFaults(house)]
}

function storedAsks({ home }: AnswersHouse): Ask[] {
  const store = openStore<unknown>(home.stateDir)
  try {
    return store.read.runs({ limit: 1_000 }).flatMap((run) => store.read.asksOfRun(run.id))
  } finally {
    store.close()
  }
}

/** Each answer that is stored is one that was given, as it was given, and the one that was told to count. */
function storeFaults(stored: readonly Ask[], records: readonly AskRecord[]): string[] {
  return stored.flatMap((ask) => {
    const record = records.find((one) => one.ask.id === ask.id)
    const about = `${ask.kind} “${ask.title}”`
    if (!record && ask.state === 'withdrawn' && isAskedAgain(ask, stored)) return []
    if (!record) return [`never met: ${about}, ${ask.state}: ${JSON.stringify(ask.answer ?? ask.withdrawnBecause)}`]
    if (ask.state === 'open') return [`still open: ${about}`]
    if (ask.state === 'withdrawn') return record.isSkipped ? [] : [`taken back: ${about} (${ask.withdrawnBecause})`]
    const matching = record.claims.filter((claim) => isOf(ask, claim))
    if (matching.length === 0)
      return [
        `an answer that nobody gave: ${about}: ${JSON.stringify(ask.answer)}, given ${JSON.stringify(record.claims)}`,
      ]
    const told = record.claims.filter(({ isAccepted }) => isAccepted)
    if (told.length > 0 && !told.some((claim) => matching.includes(claim)))
      return [`another answer was told to count: ${about}: ${JSON.stringify(told)}`]
    return []
  })
}

function isOf({ answer, hash }: Ask, { by, decision }: Claim): boolean {
  if (!answer || answer.hash !== hash) return false
  const { choice, text, answers } = answer
  const given = { choice, ...(text !== undefined && { text }), ...(answers && { answers }) }
  return isDeepStrictEqual(answer.by, by) && isDeepStrictEqual(given, decision)
}

/** The agent did what was allowed and nothing else, and was told every word. */
function agentFaults({ home, jobs }: AnswersHouse, stored: readonly Ask[], hasKills: boolean): string[] {
  const { starts } = readWitness(home.journal)
  const heardFile = join(home.journal, '../heard.txt')
  const heard = existsSync(heardFile) ? readFileSync(heardFile, 'utf8') : ''
  const sessions = sessionsOf(join(home.dir, 'sessions/rehearsal-sessions'))
  return jobs.flatMap((job) => {
    const asks = stored.filter((ask) => ask.queue === job.project && titleOf(jobs, ask) === job.title)
    const approval = asks.find(({ kind, about }) => kind === 'approval' && about === undefined)
    const begun = starts.filter(({ title }) => title === job.title).length
    const isRefused = approval !== undefined && approval.answer?.choice !== 'approve'
    if (isRefused) return begun === 0 ? [] : [`begun though it was refused: ${job.title}`]
    if (begun === 0) return [`approved and never begun: ${job.title}`]
    return [
      ...permissionFaults(home.dir, job, asks, hasKills),
      ...toldFaults(job, asks, { told: sessions.get(job.title) ?? [], heard, hasKills }, home.journal),
      ...asks.flatMap(({ answer, kind }) => {
        // Where nothing began after it (a budget was not raised), nobody was there to hear it.
        const isSaid =
          answer?.text !== undefined &&
          answer.choice !== 'reject' &&
          beganBetween(home.journal, job.title, answer.at, nextOf(asks, answer.at))
        const words = JSON.stringify(answer?.text ?? '').slice(1, -1)
        return isSaid && !heard.includes(words) ? [`the agent never heard “${words}” (${kind})`] : []
      }),
    ]
  })
}

/** When the task was decided about again: words about an earlier failure are those of a try that never began. */
function nextOf(asks: readonly Ask[], at: number): number {
  const later = asks.filter((ask) => ask.kind === 'failure' && ask.openedAt > at).map((ask) => ask.openedAt)
  return Math.min(Number.POSITIVE_INFINITY, ...later)
}

/** The agent began to work on the task in that time. */
function beganBetween(journal: string, title: string, from: number, to: number): boolean {
  return readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('start ') && line.includes(` ${title} `))
    .map((line) => Date.parse(line.slice(line.lastIndexOf(' ') + 1)))
    .some((at) => at >= from && at <= to)
}

const titleOf = (jobs: readonly Job[], ask: Ask) =>
  jobs.filter(({ project }) => project === ask.queue)[ask.task - 1]?.title

function permissionFaults(dir: string, job: Job, asks: readonly Ask[], hasKills: boolean): string[] {
  return job.steps.flatMap((step) => {
    if (step.kind !== 'permission') return []
    const choices = asks.filter(({ title }) => title.includes(step.command)).map(({ answer }) => answer?.choice)
    const first = choices.indexOf('allow-task')
    const before = (first === -1 ? choices : choices.slice(0, first)).filter((choice) => choice === 'allow').length
    // For the rest of the task every further call of the same kind passes unasked.
    const allowed = first === -1 ? before : step.times - first + before
    const path = join(dir, job.project, step.file)
    const ran = existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
    // Killed between the end of a command and the note of it, the agent does once more what was allowed: nothing else.
    const isAgain = hasKills && allowed > 0 && ran === allowed + 1
    return ran === allowed || isAgain
      ? []
      : [`${step.command} ran ${ran} times, allowed ${allowed} (${choices.join(', ')})`]
  })
}

/** Every answer was heard, and a session noted no other than those that were given, in their order. */
function toldFaults(
  job: Job,
  asks: readonly Ask[],
  { told, heard, hasKills }: { told: readonly string[]; heard: string; hasKills: boolean },
  journal: string,
): string[] {
  const questions = asks.filter(({ kind }) => kind === 'question').sort((a, b) => a.openedAt - b.openedAt)
  const given = questions.flatMap(({ answer }) => Object.values(answer?.answers ?? {}))
  let next = 0
  for (const one of told) {
    // Killed between the telling and the note of it, Baton tells once more what it cannot know to be heard.
    const isAgain = hasKills && next > 0 && given[next - 1] === one && given[next] !== one
    if (!isAgain) next = given.indexOf(one, next) + 1 || Number.NaN
  }
  const unheard = questions.flatMap(({ answer, title }) => {
    const words = Object.values(answer?.answers ?? {})
    const isHeard = words.every((one) => heard.includes(JSON.stringify(one).slice(1, -1)))
    const isOver = answer && !beganBetween(journal, job.title, answer.at, Number.POSITIVE_INFINITY)
    return isHeard || !answer
      ? []
      : [`${job.title} never heard ${JSON.stringify(words)} to “${title}”${isOver ? ' (nothing began after it)' : ''}`]
  })
  return Number.isNaN(next)
    ? [...unheard, `${job.title} was told ${JSON.stringify(told)} of ${JSON.stringify(given)}`]
    : unheard
}

/** Title of the task → the answers that its session was told, as the agent keeps them. */
function sessionsOf(folder: string): Map<string, string[]> {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  return new Map(
    files.map((name) => {
      const { title, done } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { title: string; done: string[] }
      return [title, done.flatMap((line) => /^was told “(.*)”$/s.exec(line)?.[1] ?? [])]
    }),
  )
}

/** Strangers, and chats that nobody named, heard nothing at all. */
function silenceFaults({ api, mallory }: AnswersHouse): string[] {
  const said = [mallory.id, FOREIGN_GROUP].flatMap((chat) =>
    api.conversation(chat).messages.filter(({ from }) => from.isBot),
  )
  const group = api.conversation(GROUP).messages
  const strangers = new Set(group.filter(({ from }) => from.id === mallory.id).map(({ id }) => id))
  const replies = group.filter(({ from, replyTo }) => from.isBot && replyTo !== undefined && strangers.has(replyTo))
  const answered = [...api.world.taps.values()].filter(
    ({ tap }) => (tap.by.id === mallory.id || tap.chatId === FOREIGN_GROUP) && tap.answer !== undefined,
  )
  return [
    ...[...said, ...replies].map((message) => `a stranger was told “${message.versions[0]?.text}”`),
    ...answered.map(({ tap }) => `a stranger’s tap was answered: ${tap.data}`),
  ]
}
