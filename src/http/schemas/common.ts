import { z } from 'zod'
import { TASK_ENDS } from '../../core/status.ts'

/** A moment as ISO 8601, or null when it has not come. */
export const timestamp = z.iso.datetime().nullable()

export const runStatusSchema = z.enum(['queued', 'running', 'waiting', 'paused', 'done', 'failed', 'stopped'])
export const taskStatusSchema = z.enum([
  'queued',
  'running',
  'waiting',
  'verifying',
  'merging',
  'taken_over',
  ...TASK_ENDS,
])

/** One or several, separated by commas. */
export const taskStatuses = z
  .string()
  .max(200)
  .transform((text) => text.split(','))
  .pipe(z.array(taskStatusSchema))

/** Flows send booleans and numbers as words, too. */
export const queryFlag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], {
  error: 'must be true or false',
})
export const wholeNumber = (min: number, max: number) =>
  z.union(
    [
      z.int().min(min).max(max),
      z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number)
        .pipe(z.int().min(min).max(max)),
    ],
    { error: `must be a whole number, ${min} to ${max}` },
  )

/** Words of a person: no longer than a message that anybody would write. */
export const freeText = z.string().max(100_000)

/** The commands that a message names, as they are written in a chat; absent where it names none. */
export const namedCommands = z.array(z.string()).optional()

export const apiError = z.object({
  error: z.object({ code: z.string(), message: z.string(), commands: namedCommands }),
})
export const webhookError = z.object({ error: z.string() })

/** The same for an address's query, where everything is a word. */
export const queryNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback)

/** Name of a project, where there are several. */
export const project = z.string().max(64).optional()
