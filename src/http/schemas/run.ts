import { z } from 'zod'
import { ask } from './ask.ts'
import { runStatusSchema, timestamp } from './common.ts'
import { task, taskRow, webhookTask } from './task.ts'

const count = z.int().min(0)

/** A run at a glance. */
export const run = z.object({
  session_id: z.string(),
  /** The machine that works on it; absent: the one that answers. */
  machine: z.string().optional(),
  /** Nothing was heard of that machine since then, so what stands here is as old; absent: it is there. */
  machine_silent_since: z.iso.datetime().optional(),
  project: z.string(),
  status: runStatusSchema,
  task_files: z.array(z.string()),
  auto_approve: z.boolean(),
  created_at: z.iso.datetime(),
  started_at: timestamp,
  completed_at: timestamp,
  reason: z.string().nullable(),
  cost_usd: z.number(),
  total_tasks: count,
  completed_tasks: count,
  failed_tasks: count,
  in_progress_tasks: count,
  counts: z.record(z.string(), count),
})

export const runList = z.object({ sessions: z.array(run), next: z.int().nullable() })

/** What a person reads in a minute: what changed, what was decided, what to look at, the cost, what to do next. */
export const runSummarySchema = z.object({
  parts: z.array(z.object({ heading: z.string(), lines: z.array(z.string()) })),
  /** Tasks whose merged work waits to be brought to the user's branch. */
  landed_tasks: count,
})

/** A run with its tasks and open asks. */
export const runDetail = run.extend({ tasks: z.array(task), asks: z.array(ask) })

export const taskPageSchema = z.object({ tasks: z.array(taskRow), total: count, offset: count })

/** The answer to a start. */
export const started = z.object({
  /** Null when there was nothing to do, or when it was offered to other machines. */
  session_id: z.string().nullable(),
  status: z.enum(['started', 'nothing_to_do']),
  total_tasks: count,
  message: z.string(),
})

/** A run in the words of the predecessor. */
export const webhookStatus = z.object({
  session_id: z.string(),
  task_file: z.string(),
  status: runStatusSchema,
  /** Place in `tasks`, from 0, of the task that has its turn or had it last. */
  current_task_index: count,
  /** The number of that task. */
  task: z.int().nullable(),
  total: count,
  tasks: z.array(webhookTask),
  started_at: timestamp,
  last_activity: timestamp,
})

export const idle = z.object({ status: z.literal('idle'), message: z.string() })
