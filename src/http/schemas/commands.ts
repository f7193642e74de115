import { z } from 'zod'
import { flag, project, wholeNumber, words } from './common.ts'

/** The commands of the webhook, in the words of the predecessor. */
export const WEBHOOK_COMMANDS = [
  'start',
  'status',
  'approve',
  'reject',
  'answer',
  'pause',
  'resume',
  'skip',
  'retry',
  'stop',
  'logs',
] as const

const secret = z.string()

export const commandParams = z.object({
  task_file: z.string().max(1_000).nullish(),
  auto_approve: flag.nullish(),
  response: words.nullish(),
  text: words.nullish(),
  task: wholeNumber(1, 1_000_000).nullish(),
  lines: wholeNumber(1, 5_000).nullish(),
  project: project.nullish(),
})

export type CommandParams = z.output<typeof commandParams>

export const webhookCommandBody = z.object({
  command: z.enum(WEBHOOK_COMMANDS),
  secret,
  params: commandParams.nullish(),
})

export const webhookBody = z.object({ secret, params: commandParams.nullish() })
export const webhookLogsBody = z.object({ secret, lines: wholeNumber(1, 5_000).nullish(), project: project.nullish() })

/** An act that was done, or why there is none to do. */
export const commandDone = z.looseObject({ status: z.enum(['ok', 'idle']), message: z.string() })
export const webhookLogs = z.looseObject({ logs: z.string(), file: z.string().nullable(), total_log_files: z.int() })

const task = wholeNumber(1, 1_000_000)
const of = <C extends string>(command: C) => ({ command: z.literal(command), project })

/** Every act of the phone, for programs and the dashboard. */
export const commandBody = z.discriminatedUnion('command', [
  z.object({
    ...of('start'),
    task_files: z.array(z.string().min(1).max(1_000)).max(100).optional(),
    auto_approve: flag.optional(),
    only: z.array(task).max(10_000).optional(),
    /** Also what is done already. */
    all: flag.optional(),
  }),
  z.object({ ...of('pause'), after_task: flag.optional() }),
  z.object({ ...of('resume') }),
  z.object({ ...of('stop'), text: words.optional() }),
  z.object({ ...of('skip'), task: task.optional(), text: words.optional() }),
  /** With a session, the task of that number in it, which may be one of long ago. */
  z.object({ ...of('retry'), task: task.optional(), session_id: z.string().max(100).optional() }),
  z.object({ ...of('say'), task: task.optional(), text: words.min(1) }),
  z.object({ ...of('add'), text: words.min(1), task_file: z.string().max(1_000).optional() }),
  z.object({ ...of('accept'), session_id: z.string().max(100).optional() }),
  /** First without `confirm`: the answer says what would happen, and carries the word to confirm it with. */
  z.object({
    ...of('undo'),
    task,
    session_id: z.string().max(100).optional(),
    confirm: z.string().max(1_000).optional(),
    overwrite: z.array(z.string().max(10_000)).max(10_000).optional(),
  }),
])

export type CommandBody = z.output<typeof commandBody>

export const commandAnswer = z.object({
  status: z.enum(['ok', 'confirm']),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
})
