import { z } from 'zod'
import { taskStatusSchema, timestamp } from './common.ts'

const check = z.object({
  name: z.string(),
  command: z.string(),
  ok: z.boolean(),
  exitCode: z.int().optional(),
  durationMs: z.number(),
  output: z.string(),
  timedOut: z.boolean().optional(),
})

const finding = z.object({
  kind: z.string(),
  weight: z.enum(['ask', 'tell']),
  text: z.string(),
  path: z.string().optional(),
  line: z.int().optional(),
  detail: z.string().optional(),
  lasting: z.boolean().optional(),
})

/** What Baton saw for itself about a finished attempt. */
const proof = z.object({
  checks: z.array(check),
  criteria: z.array(z.object({ criterion: z.string(), pass: z.boolean(), evidence: z.string() })).optional(),
  files: z
    .array(
      z.object({
        path: z.string(),
        change: z.enum(['A', 'M', 'D', 'R', 'T']),
        added: z.int().optional(),
        deleted: z.int().optional(),
        from: z.string().optional(),
      }),
    )
    .optional(),
  filesNote: z.string().optional(),
  gitWrites: z.array(z.string()).optional(),
  findings: z.array(finding).optional(),
  flags: z.array(z.string()).optional(),
  commit: z.string().optional(),
})

/** A task in the words of the predecessor. */
export const webhookTask = z.object({
  /** The number that people call it by; commands take it as `task`. */
  id: z.int(),
  title: z.string(),
  type: z.string().nullable(),
  status: taskStatusSchema,
  started_at: timestamp,
  completed_at: timestamp,
  result: z.string().nullable(),
  /** Path of the log of its latest attempt. */
  output_log: z.string().nullable(),
})

/** The same with what else there is to know at a glance. */
export const task = webhookTask.extend({
  priority: z.string(),
  /** Where it was written, for people: `tasks/today.md:14`, or a link. */
  where: z.string(),
  file: z.string().nullable(),
  line: z.int().nullable(),
  url: z.string().nullable(),
  depends_on: z.array(z.int()),
  blocked_by: z.array(z.int()),
  attempts: z.int(),
  turns: z.int(),
  cost_usd: z.number(),
  /** The lane it is worked on in, its worktree and branch, and its commit: as far as it has them. */
  lane: z.int().nullable(),
  worktree: z.string().nullable(),
  branch: z.string().nullable(),
  commit: z.string().nullable(),
  /** Who has its session, and since when; `status` is `taken_over` then. */
  taken_over: z.object({ by: z.string(), since: timestamp }).nullable(),
})

/** One row of a list. */
export const taskRow = task.omit({ output_log: true })

const attempt = z.object({
  number: z.int(),
  claude_session: z.string(),
  live: z.boolean(),
  started_at: timestamp,
  completed_at: timestamp,
  outcome: z.string().nullable(),
  turns: z.int(),
  cost_usd: z.number(),
  processes: z.int(),
  log: z.string(),
})

/** A task with the user's own words, its attempts and its proof. */
export const taskDetail = task.extend({
  session_id: z.string(),
  description: z.string().nullable(),
  acceptance_criteria: z.array(z.string()),
  verify: z.array(z.string()),
  run: z.array(z.string()),
  instruction: z.string(),
  /** The words of the result, which are Markdown, as a tree: strings, and nodes with a `kind`. */
  result_document: z.array(z.unknown()).nullable(),
  proof: proof.nullable(),
  attempt_list: z.array(attempt),
  can: z.object({ diff: z.boolean() }),
})
