import { z } from 'zod'
import { flag, project, wholeNumber } from './common.ts'

const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\r\n\0\u2028\u2029]*$/, 'must be a single line')

const inlineTask = z
  .object({
    title: z.string().min(1).max(1_000).optional(),
    description: z.string().max(100_000).optional(),
    instruction: z.string().max(500_000).optional(),
    type: line(100).optional(),
    priority: z.enum(['high', 'medium', 'low']).optional(),
    requires_approval: flag.optional(),
    /** Numbers in this list, from 1. */
    depends_on: z.array(z.int().min(1).max(1_000)).max(1_000).optional(),
    acceptance_criteria: z.union([z.string().max(10_000), z.array(z.string().max(10_000)).max(200)]).optional(),
    /** Commands that prove the task. */
    verify: z.array(line(10_000)).max(50).optional(),
    model: line(200).optional(),
    effort: line(100).optional(),
    max_turns: wholeNumber(1, 100_000).optional(),
    budget_usd: z.number().positive().max(100_000).optional(),
    /** As in a task file: `90s`, `20m`, `2h`. */
    timeout: line(20).optional(),
    retries: wholeNumber(0, 100).optional(),
  })
  .refine((task) => [task.instruction, task.description, task.title].some((text) => text?.trim()), {
    message: 'must say what is to be done: instruction, description or title',
  })

/** A task in a request: its instruction alone, or with fields. */
export const taskInBody = z.union([z.string().min(1).max(500_000), inlineTask], {
  error: 'must be an instruction, or an object with one',
})

export type TaskInBody = z.output<typeof taskInBody>

export const orchestrateBody = z.object({
  /** Path of a task file, seen from Baton's home. */
  task_file: z.string().min(1).max(1_000).optional(),
  tasks: z.array(taskInBody).min(1).max(1_000).optional(),
  auto_approve: flag.optional(),
  /** Taken and answered; Baton works on one task at a time. */
  max_parallel_agents: wholeNumber(1, 1_000).optional(),
  project,
})

export const quickStartBody = z.object({ auto_approve: flag.optional(), project })
