import { z } from 'zod'
import { project, queryFlag, wholeNumber } from './common.ts'

const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\r\n\0\u2028\u2029]*$/, 'must be a single line')

const name = z.union([z.string().min(1).max(1_000), z.int().min(0)])

const inlineTask = z
  .object({
    title: z.string().min(1).max(1_000).nullish(),
    description: z.string().max(100_000).nullish(),
    instruction: z.string().max(500_000).nullish(),
    /** The same in the words of JSON task files: `name` is the title, `prompt` the instruction. */
    id: name.nullish(),
    name: z.string().min(1).max(1_000).nullish(),
    prompt: z.string().max(500_000).nullish(),
    branch_name: line(200).nullish(),
    /** Ids or names of other tasks in this list. */
    dependencies: z.array(name).max(1_000).nullish(),
    type: line(100).optional(),
    priority: z.enum(['high', 'medium', 'low']).optional(),
    requires_approval: queryFlag.optional(),
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
  .refine(
    (task) => [task.instruction, task.prompt, task.description, task.title, task.name].some((text) => text?.trim()),
    { message: 'must say what should be done: instruction (prompt), description or title (name)' },
  )

/** A task in a request: its instruction alone, or with fields. */
export const taskInBody = z.union([z.string().min(1).max(500_000), inlineTask], {
  error: 'must be an instruction, or an object with one',
})

export type TaskInBody = z.output<typeof taskInBody>

export const orchestrateBody = z.object({
  /** Path of a task file, seen from Baton's home. */
  task_file: z.string().max(1_000).nullish(),
  tasks: z.array(taskInBody).max(1_000).nullish(),
  /** Takes `task_file`, or the configured files, and wants no `tasks`. */
  use_task_file: queryFlag.nullish(),
  auto_approve: queryFlag.nullish(),
  /** How many of these tasks may be worked on at once; in the project's own folder it is one. */
  max_parallel_agents: wholeNumber(1, 1_000).nullish(),
  project,
})

export const quickStartBody = z.object({ auto_approve: queryFlag.nullish(), project })
