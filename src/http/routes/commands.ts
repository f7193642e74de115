import { type Argument, argumentsOn, CATALOGUE, commandNamed } from '../../core/commands/catalogue.ts'
import type { Command } from '../../core/commands/commands.ts'
import { commandOf, type Fields } from '../../core/commands/read-command.ts'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { refusalOf, wordsOf } from '../replies.ts'
import { defineRoute, type Route } from '../route.ts'
import { commandAnswer, commandBodyOf, jsonName } from '../schemas/commands.ts'
import { queueNamed, submit } from '../submit.ts'
import { taskFileInHome } from '../task-file.ts'

/** Every command that is not an answer to an ask. */
export function commandRoutes(parts: Parts, catalogue = CATALOGUE): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/commands',
      access: 'token',
      summary: 'Start, pause, resume, skip, retry, stop, say, add, accept, undo',
      body: commandBodyOf(catalogue),
      answers: { 200: { description: 'Done, or to be confirmed first', schema: commandAnswer } },
      handle: async (call) => {
        const command = await commandIn(parts.config.home, call.body, catalogue)
        const reply = await submit(parts, call, command, queueNamed(parts, call.body.project))
        const data = reply.data ?? {}
        if (reply.ok) return { json: { status: 'ok', ...wordsOf(reply), data } }
        // An undo asks for confirmation: nothing went wrong, and nothing was done.
        if (typeof data.confirm === 'string') return { json: { status: 'confirm', ...wordsOf(reply), data } }
        throw refusalOf(reply, call.body.command === 'start' ? 400 : 409)
      },
    }),
  ]
}

/** The command that a checked body stands for. Throws HttpFailure. */
async function commandIn(home: string, body: Record<string, unknown>, catalogue: typeof CATALOGUE): Promise<Command> {
  const entry = commandNamed('http', String(body.command), catalogue)
  if (!entry) throw new HttpFailure(400, 'invalid', 'body.command: unknown.')
  const all = argumentsOn(entry, 'http')
  const given = (argument: Argument) => body[jsonName(argument)]
  const fields: Fields = {}
  for (const argument of all) {
    const { needs } = argument
    if (given(argument) === undefined) continue
    if (needs !== undefined && all.some((other) => other.field === needs && given(other) === undefined))
      throw new HttpFailure(
        400,
        'invalid',
        `body.${needs}: a ${jsonName(argument)} needs the ${needs} of that session.`,
      )
    fields[argument.field] = await checkedValue(home, argument, given(argument))
  }
  return commandOf(entry, fields)
}

/** Files are those of Baton's home, and nothing outside it. */
async function checkedValue(home: string, { is }: Argument, value: unknown): Promise<unknown> {
  if (is === 'file') return taskFileInHome(home, String(value))
  if (is === 'files') return Promise.all((value as string[]).map((name) => taskFileInHome(home, name)))
  return value
}
