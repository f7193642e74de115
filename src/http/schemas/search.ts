import { z } from 'zod'
import { taskStatusSchema } from './common.ts'

/** A task in which something was found, and where in it. */
export const searchHit = z.object({
  session_id: z.string(),
  /** The machine that has it, where that is another one. */
  machine: z.string().optional(),
  task_files: z.array(z.string()),
  task: z.int(),
  title: z.string(),
  status: taskStatusSchema,
  at: z.iso.datetime(),
  where: z.enum(['title', 'result', 'log', 'state']),
  /** The line with the words, or the first line of the result. */
  text: z.string(),
})

export const searchAnswer = z.object({
  hits: z.array(searchHit),
  /** False when there is more than was looked at. */
  complete: z.boolean(),
  /** Machines that did not answer. */
  machines_away: z.array(z.string()).optional(),
})
