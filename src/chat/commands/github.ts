import type { Reply } from '../../core/inputs.ts'
import { encodeTap } from '../callback.ts'
import type { Button } from '../message.ts'
import { renderNotice } from '../render/notice.ts'
import type { CommandHandler } from './call.ts'

/** What a reply says of issues and pull requests, as far as buttons need it. */
interface Shown {
  number: number
  head?: string
  can: string[]
}

const MOST_BUTTONS = 8

/** `/github`: what is open there, with buttons for what may be done; each means the commit that was shown. */
export const gitHub: CommandHandler = async ({ chat, ctx, queue, text }) => {
  const reply = await ctx.submit({ type: 'github', text }, queue)
  // A tap names no project: with several, the words do.
  const isAlone = chat.deps.api.view.queues().length === 1
  const buttons = isAlone ? buttonsOf(reply) : []
  ctx.say(
    renderNotice(chat.deps.redact(reply.text), { mark: reply.ok ? '🐙' : 'ℹ️', ...(buttons.length > 0 && { buttons }) }),
  )
}

function buttonsOf({ data = {} }: Reply): Button[][] {
  if (typeof data.confirm === 'string')
    return [[button(`Merge #${data.number}`, `merge-${data.number}-${data.confirm}`)]]
  const issues = (data.issues ?? []) as Shown[]
  const pulls = (data.pulls ?? []) as Shown[]
  const rows = [
    ...pulls.map(({ number, head = '', can }) => [
      ...(can.includes('review') ? [button(`Review #${number}`, `review-${number}`)] : []),
      ...(can.includes('merge') ? [button(`Merge #${number}`, `merge-${number}-${head.slice(0, 12)}`)] : []),
    ]),
    ...issues.map(({ number, can }) => (can.includes('take') ? [button(`Take #${number}`, `take-${number}`)] : [])),
  ]
  return rows.filter((row) => row.length > 0).slice(0, MOST_BUTTONS)
}

const button = (text: string, words: string): Button => ({
  text,
  data: encodeTap({ kind: 'command', command: 'github', runId: words }),
})
