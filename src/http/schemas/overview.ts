import { z } from 'zod'
import { askBrief } from './ask.ts'
import { run } from './run.ts'
import { taskRow } from './task.ts'

/** What the running process does now. */
export const live = z.object({
  session_id: z.string(),
  task: z.int(),
  title: z.string(),
  activity: z.string(),
  started_at: z.iso.datetime(),
  turns: z.int(),
  cost_usd: z.number(),
  last_output_at: z.iso.datetime(),
  checked_at: z.iso.datetime(),
})

/** Whether a chat platform is heard. */
const heardChat = z.object({ ok: z.boolean(), lastHeardAgeMs: z.number().nullable() })

export const health = z.object({
  status: z.enum(['ok', 'dead']),
  version: z.string(),
  worker: z.enum(['ok', 'dead']),
  /** Why the worker is dead. */
  why: z.string().optional(),
  telegram: z.object({ ok: z.boolean(), lastPollAgeMs: z.number().nullable(), configured: z.boolean() }),
  /** Where it is configured. */
  slack: heardChat.optional(),
  discord: heardChat.optional(),
})

/** One project at a glance. */
export const overview = z.object({
  project: z.string(),
  projects: z.array(z.string()),
  /** The server's clock. */
  now: z.iso.datetime(),
  /** Place of the newest event that is in here; follow `/api/events` from there. */
  seq: z.int(),
  session: run.nullable(),
  current: taskRow.nullable(),
  /** Every task that was taken up and has not ended; `current` is the first. */
  running: z.array(taskRow),
  live: live.nullable(),
  /** What the process of each running task does. */
  lives: z.array(live),
  /** Of every project; `/api/asks/:id` has the whole. */
  asks: z.array(askBrief),
  /** Runs that other machines work on. */
  elsewhere: z.array(run),
  /** Tasks around the one that has its turn. */
  around: z.object({ tasks: z.array(taskRow), offset: z.int() }),
  hold: z.object({ why: z.string(), text: z.string(), until: z.iso.datetime() }).nullable(),
  paused: z.object({ mode: z.enum(['now', 'after-task']), by: z.string(), at: z.iso.datetime() }).nullable(),
  /** The first runs behind the one that has its turn. */
  queued_sessions: z.array(run),
  /** How many there are of them. */
  queued_total: z.int(),
  today_usd: z.number(),
  /** The project's repository on GitHub, if it has one. */
  github: z.string().nullable(),
  health,
})

/** Every project, for a wall of them. */
export const projects = z.object({
  now: z.iso.datetime(),
  /** Place of the newest event that is in here. */
  seq: z.int(),
  projects: z.array(
    overview
      .pick({
        project: true,
        session: true,
        current: true,
        running: true,
        live: true,
        lives: true,
        hold: true,
        paused: true,
        today_usd: true,
      })
      .extend({
        queued_total: z.int(),
        /** How many decisions wait for a person. */
        open_asks: z.int(),
      }),
  ),
  /** Runs that other machines work on. */
  elsewhere: z.array(run),
})

export const cost = z.object({
  days: z.array(z.object({ date: z.iso.date(), cost_usd: z.number(), runs: z.int(), done: z.int(), failed: z.int() })),
  total_usd: z.number(),
  today_usd: z.number(),
  /** Machines that did not answer, and are not counted. */
  machines_away: z.array(z.string()).optional(),
})
