import { z } from 'zod'
import {
  type Argument,
  argumentsOn,
  CATALOGUE,
  type CommandEntry,
  commandsOn,
  isRequired,
} from '../../core/commands/catalogue.ts'
import { freeText, namedCommands, project, queryFlag, wholeNumber } from './common.ts'

/** The commands of the webhook, in the words of the predecessor. */
const webhookCommand = z.enum(commandsOn('webhook').map(({ name }) => name))

const secret = z.string()

const commandParams = z.object({
  task_file: z.string().max(1_000).nullish(),
  auto_approve: queryFlag.nullish(),
  response: freeText.nullish(),
  text: freeText.nullish(),
  task: wholeNumber(1, 1_000_000).nullish(),
  lines: wholeNumber(1, 5_000).nullish(),
  project: project.nullish(),
})

export type CommandParams = z.output<typeof commandParams>

export const webhookCommandBody = z.object({
  command: webhookCommand,
  secret,
  params: commandParams.nullish(),
})

export const webhookBody = z.object({ secret, params: commandParams.nullish() })
export const webhookLogsBody = z.object({ secret, lines: wholeNumber(1, 5_000).nullish(), project: project.nullish() })

/** A command that was carried out, or why there was nothing to do. */
export const commandDone = z.looseObject({ status: z.enum(['ok', 'idle']), message: z.string() })
export const webhookLogs = z.looseObject({ logs: z.string(), file: z.string().nullable(), total_log_files: z.int() })

const task = wholeNumber(1, 1_000_000)
const SCHEMAS: Record<Argument['is'], z.ZodType> = {
  task,
  count: wholeNumber(1, 1_000_000),
  place: z.union([task, z.literal('end')]),
  words: freeText,
  flag: queryFlag,
  id: z.string().max(1_000),
  file: z.string().max(1_000),
  files: z.array(z.string().min(1).max(1_000)).max(100),
  numbers: z.array(task).max(10_000),
  paths: z.array(z.string().max(10_000)).max(10_000),
}

/** The name of an argument in the body of a request. */
export const jsonName = ({ field, json }: Argument): string => json ?? field

function bodyOf(entry: CommandEntry) {
  const fields = argumentsOn(entry, 'http').map((argument): [string, z.ZodType] => {
    const schema = argument.is === 'words' && isRequired(argument, 'http') ? freeText.min(1) : SCHEMAS[argument.is]
    return [jsonName(argument), isRequired(argument, 'http') ? schema : schema.optional()]
  })
  return z.object({ ...Object.fromEntries(fields), command: z.literal(entry.name), project })
}

/** Every command that is not an answer to an ask, for programs and the dashboard. */
export function commandBodyOf(catalogue = CATALOGUE) {
  const [first, ...others] = commandsOn('http', catalogue).map(bodyOf)
  if (!first) throw new Error('The catalogue has no command for HTTP.')
  return z.discriminatedUnion('command', [first, ...others])
}

export const commandAnswer = z.object({
  status: z.enum(['ok', 'confirm']),
  message: z.string(),
  commands: namedCommands,
  data: z.record(z.string(), z.unknown()),
})
