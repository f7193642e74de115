import { randomUUID } from 'node:crypto'
import type { Actor } from '../../core/types.ts'
import type { SharedDatabase } from './database.ts'
import { type CrossedEvents, createCrossedEvents } from './events.ts'
import { jsonbOf } from './jsonb.ts'
import { LEASE_INTERVAL } from './runs.ts'

/** What one machine asks of another: a call of its API. */
export interface AskedCall {
  method: 'GET' | 'POST'
  /** With its query. */
  path: string
  body?: unknown
  /** The same key is the same command. */
  key?: string
  /** Who answers, where it is an answer from a chat. */
  by?: Actor
}

/** What came of it, as the other machine answered. */
export interface CallAnswer {
  status: number
  type: string
  text: string
}

/** What a chat platform sent, and where it belongs. */
export interface CrossedEvent {
  /** Stands for the bot that heard it. */
  bot: string
  id: string
  event: unknown
  /** The chat, and the message that it is about. */
  about: { chatId: string; messageId?: string }
}

/** Whom an event is for: this machine, another one by name, or whoever knows the message that it is about. */
export type Addressee = { here: true } | { machine: string } | { anybody: true }

/** What a machine does, for the others to show. */
export interface SeenDoing {
  machine: string
  doing: Record<string, unknown>
  /** Of a machine that is gone without having said goodbye: when it was last heard of, ms. */
  silentSince?: number
}

/** What crosses between machines: who hears a bot, what was heard, calls and their answers, and what each one does. */
export interface Crossing {
  /** Takes or renews the right to hear for a bot; false: another machine has it. */
  hear: (bot: string) => Promise<boolean>
  /** Gives that back. */
  stopHearing: () => Promise<void>
  /** Says whom an event is for, once: true where that is this machine, also when it is heard again. */
  claim: (event: CrossedEvent, addressee: Addressee) => Promise<boolean>
  /** Events for this machine or for whoever knows them; `isLate`: nobody has known it for a while. */
  heard: (bots: readonly string[]) => Promise<(CrossedEvent & { isLate: boolean; isMine: boolean })[]>
  /** Makes such an event this machine's own; false: another one has it. */
  take: (event: Pick<CrossedEvent, 'bot' | 'id'>) => Promise<boolean>
  /** It is stored here now, and no longer needed there. */
  stored: (event: Pick<CrossedEvent, 'bot' | 'id'>) => Promise<void>
  ask: (machine: string, call: AskedCall) => Promise<string>
  /** Once: whoever asked has it then, and the database keeps nothing of it. */
  answerTo: (id: string) => Promise<CallAnswer | undefined>
  /** Calls for this machine that were not answered yet. */
  calls: () => Promise<{ id: string; call: AskedCall }[]>
  answer: (id: string, answer: CallAnswer) => Promise<void>
  /** Whether it is new to the others. */
  show: (doing: Record<string, unknown>) => Promise<boolean>
  /** Has them look. */
  tell: () => Promise<void>
  events: CrossedEvents
  /** Of the machines that are there, and of those that are gone for less than a day. */
  others: () => Promise<SeenDoing[]>
}

/** What is said to all machines when something has crossed. */
export const CROSSED = 'crossed'

/** A message may be on its way while its answer is tapped: that long its machine may take to know it. */
export const LATE_MS = 5_000
const LATE = `interval '${LATE_MS} milliseconds'`
/** A call that was not answered by then has an impatient caller. */
const STALE = "interval '1 minute'"
/** What a machine did that is gone for longer helps nobody. */
const REMEMBERED = "interval '1 day'"
/** Longer than any platform sends the same event again. */
const KEPT = "interval '2 days'"

/** Lets machines cross a database that they share. */
export function createCrossing(
  { sql }: Pick<SharedDatabase, 'sql'>,
  me: { name: string; instance: string; home: string },
): Crossing {
  const tell = async () => void (await sql(`SELECT pg_notify('baton', '${CROSSED}')`))
  return {
    tell,
    events: createCrossedEvents({ sql }, me),
    async hear(bot) {
      const [mine] = await sql(
        `INSERT INTO baton.hearer (bot, machine, instance) VALUES ($1, $2, $3)
         ON CONFLICT (bot) DO UPDATE SET machine = $2, instance = $3, renewed = now()
         WHERE hearer.instance = $3 OR hearer.renewed < now() - ${LEASE_INTERVAL} RETURNING 1`,
        [bot, me.name, me.instance],
      )
      return mine !== undefined
    },
    async stopHearing() {
      await sql('DELETE FROM baton.hearer WHERE instance = $1', [me.instance])
    },
    async claim({ bot, id, event, about }, addressee) {
      const here = 'here' in addressee
      const machine = here ? me.name : 'machine' in addressee ? addressee.machine : null
      await sql(`DELETE FROM baton.heard WHERE bot = $1 AND at < now() - ${KEPT}`, [bot])
      const [row] = await sql<{ machine: string | null; is_new: boolean }>(
        `INSERT INTO baton.heard (bot, id, event, about, machine) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (bot, id) DO UPDATE SET machine = COALESCE(heard.machine, excluded.machine) RETURNING machine, xmax = 0 AS is_new`,
        [bot, id, here ? null : jsonbOf(event), jsonbOf(about), machine],
      )
      if (row?.is_new && !here) await tell()
      return row?.machine === me.name
    },
    async heard(bots) {
      const rows = await sql<CrossedEvent & { late: boolean; mine: boolean } & Record<string, unknown>>(
        `SELECT bot, id, event, about, at < now() - ${LATE} AS late, machine IS NOT NULL AS mine FROM baton.heard
         WHERE event IS NOT NULL AND bot = ANY ($1) AND (machine IS NULL OR machine = $2) ORDER BY at LIMIT 100`,
        [bots, me.name],
      )
      return rows.map(({ bot, id, event, about, late, mine }) => ({
        ...{ bot, id, event, about },
        ...{ isLate: late, isMine: mine },
      }))
    },
    async take({ bot, id }) {
      const [mine] = await sql(
        `UPDATE baton.heard SET machine = $3 WHERE bot = $1 AND id = $2 AND event IS NOT NULL
         AND (machine IS NULL OR machine = $3) RETURNING 1`,
        [bot, id, me.name],
      )
      return mine !== undefined
    },
    async stored({ bot, id }) {
      await sql('UPDATE baton.heard SET event = NULL WHERE bot = $1 AND id = $2 AND machine = $3', [bot, id, me.name])
    },
    async ask(machine, call) {
      const id = randomUUID()
      await sql('INSERT INTO baton.call (id, machine, asked) VALUES ($1, $2, $3)', [id, machine, jsonbOf(call)])
      await tell()
      return id
    },
    async answerTo(id) {
      const [row] = await sql<{ answer: CallAnswer }>(
        'DELETE FROM baton.call WHERE id = $1 AND answer IS NOT NULL RETURNING answer',
        [id],
      )
      return row?.answer
    },
    async calls() {
      // Whoever asked may be gone; a log that was answered must not lie there for ever.
      await sql(`DELETE FROM baton.call WHERE at < now() - ${STALE}`)
      const rows = await sql<{ id: string; asked: AskedCall }>(
        `SELECT id, asked FROM baton.call WHERE machine = $1 AND answer IS NULL AND at > now() - ${STALE} ORDER BY at`,
        [me.name],
      )
      return rows.map(({ id, asked }) => ({ id, call: asked }))
    },
    async answer(id, answer) {
      await sql('UPDATE baton.call SET answer = $2 WHERE id = $1 AND machine = $3', [id, jsonbOf(answer), me.name])
      await tell()
    },
    async show(doing) {
      const [row] = await sql(
        'UPDATE baton.machine SET doing = $3 WHERE name = $1 AND instance = $2 AND doing <> $3::jsonb RETURNING 1',
        [me.name, me.instance, jsonbOf(doing)],
      )
      return row !== undefined
    },
    async others() {
      const rows = await sql<{ name: string; doing: Record<string, unknown>; silent: number | null }>(
        `SELECT name, doing, CASE WHEN seen <= now() - ${LEASE_INTERVAL} THEN (extract(epoch FROM seen) * 1000)::float8 END AS silent
         FROM baton.machine WHERE name <> $1 AND NOT has_left AND seen > now() - ${REMEMBERED} ORDER BY name`,
        [me.name],
      )
      return rows.map(({ name, doing, silent }) => ({
        ...{ machine: name, doing },
        ...(silent !== null && { silentSince: Math.round(silent) }),
      }))
    },
  }
}
