import { z } from 'zod'
import type { Act } from '../../core/inputs.ts'
import type { Ask } from '../../core/types.ts'
import { shownAsks } from '../asks-shown.ts'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { done } from '../replies.ts'
import { defineRoute, type Route } from '../route.ts'
import { answerBody, answered, ask, askList } from '../schemas/ask.ts'
import { act } from '../wishing.ts'

const params = z.object({ id: z.string().max(200) })

/** What waits for a person, and the answer to it. */
export function askRoutes(parts: Parts): Route[] {
  const { view } = parts.face
  const askNamed = (id: string): Ask => {
    const row = view.ask(id)
    if (!row) throw new HttpFailure(404, 'unknown-ask', 'This was not asked here, or it is long over.')
    return row
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/asks',
      access: 'token',
      summary: 'Everything that waits for a person',
      answers: { 200: { description: 'Open asks, oldest first', schema: askList } },
      handle: () => ({ json: { asks: shownAsks(view, view.openAsks()) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/asks/:id',
      access: 'token',
      summary: 'An ask, open or decided, with everything needed to decide',
      params,
      answers: { 200: { description: 'The ask', schema: ask } },
      handle: (call) => ({ json: shownAsks(view, [askNamed(call.params.id)])[0] }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/asks/:id',
      access: 'token',
      summary: 'Answer an ask: the same as a tap on its button',
      params,
      body: answerBody,
      answers: { 200: { description: 'The answer was taken; nobody else can give another', schema: answered } },
      handle: async (call) => {
        const row = askNamed(call.params.id)
        const wish = wishOf(row.id, call.body)
        const reply = done(await act(parts, call, wish, row.queue), 400)
        const [shown] = shownAsks(view, [view.ask(row.id) ?? row])
        return { json: { status: 'ok', message: reply.text, ask: shown } }
      },
    }),
  ]
}

function wishOf(askId: string, { answer, hash }: z.output<typeof answerBody>): Extract<Act, { target: unknown }> {
  const target = { askId, ...(hash !== undefined && { hash }) }
  if (typeof answer === 'string') return { type: 'words', target, text: answer }
  const { text, answers } = answer
  const choice = answer.choice ?? (answers && 'answer')
  if (choice === undefined) {
    if (text === undefined) throw new HttpFailure(400, 'invalid', 'answer: give choice, text or answers.')
    return { type: 'words', target, text }
  }
  return { type: 'answer', target, choice, ...(text !== undefined && { text }), ...(answers && { answers }) }
}
