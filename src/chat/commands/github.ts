import type { Reply } from '../../core/inputs.ts'
import { encodeTap, fileKey } from '../callback.ts'
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

/** `/github`: what is open there, with buttons for what may be done; each means its project and the commit that was shown. */
export const gitHub: CommandHandler = async ({ chat, ctx, queue, text }) => {
  const reply = await ctx.submit({ type: 'github', text }, queue)
  const buttons = buttonsOf(reply, fileKey(queue))
  ctx.say(
    renderNotice(chat.deps.redact(reply.text), { mark: reply.ok ? '🐙' : 'ℹ️', ...(buttons.length > 0 && { buttons }) }),
  )
}

function buttonsOf({ data = {} }: Reply, queueKey: string): Button[][] {
  const button = (text: string, words: string): Button => ({
    text,
    data: encodeTap({ kind: 'github', queueKey, words }),
  })
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
