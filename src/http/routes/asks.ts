import { z } from 'zod'
import type { Ask } from '../../core/types.ts'
import { answerCommand } from '../answer-command.ts'
import { shownAsks } from '../asks-shown.ts'
import { HttpFailure } from '../failure.ts'
import { othersOf } from '../machines/others.ts'
import type { Parts } from '../parts.ts'
import { done, wordsOf } from '../replies.ts'
import { defineRoute, type Route } from '../route.ts'
import { answerBody, answered, ask, askList } from '../schemas/ask.ts'
import { submit } from '../submit.ts'

const params = z.object({ id: z.string().max(200) })

/** What waits for a person, and the answer to it. */
export function askRoutes(parts: Parts): Route[] {
  const { view } = parts.api
  const askNamed = (id: string): Ask => {
    const row = view.ask(id)
    if (!row) throw new HttpFailure(404, 'unknown-ask', 'There is no such question, or it was closed long ago.')
    return row
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/asks',
      access: 'token',
      summary: 'Everything waiting for a person',
      answers: { 200: { description: 'Open asks, oldest first', schema: askList } },
      handle: () => ({ json: { asks: [...shownAsks(parts, view.openAsks()), ...othersOf(parts).asks] } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/asks/:id',
      access: 'token',
      summary: 'An ask, open or decided, with everything needed to decide',
      params,
      answers: { 200: { description: 'The ask', schema: ask } },
      handle: (call) => ({ json: shownAsks(parts, [askNamed(call.params.id)])[0] }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/asks/:id',
      access: 'token',
      summary: 'Answer an ask: the same as a tap on its button',
      params,
      body: answerBody,
      answers: { 200: { description: 'The answer was accepted; nobody else can give another', schema: answered } },
      handle: async (call) => {
        const row = askNamed(call.params.id)
        const command = answerCommand(row, call.body, parts.redact)
        const reply = done(await submit(parts, call, command, row.queue), 400)
        const [shown] = shownAsks(parts, [view.ask(row.id) ?? row])
        return { json: { status: 'ok', ...wordsOf(reply), ask: shown } }
      },
    }),
  ]
}
