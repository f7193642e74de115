import type { Command } from '../../core/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import { renderNotice } from '../render/notice.ts'
import { openReplyField, wordsWanted } from '../reply-field.ts'
import { type Call, type CommandHandler, numberFirst, taskOfReply } from './call.ts'

const NOTHING_RUNS = 'Nothing is running. /start begins, /tasks shows what there is.'
const NOTHING_WAITS = 'Nothing is paused and nothing was stopped. /start begins.'
const NOTHING_FAILED = 'Nothing has failed. /tasks shows what there is, /retry 3 begins task 3 anew.'

/** Does a command and says what came of it; `idle` where there is nothing that it could be about. */
async function command({ ctx, chat, queue }: Call, wanted: Command, idle = NOTHING_RUNS): Promise<void> {
  say({ ctx, chat }, await ctx.submit(wanted, queue), idle)
}

function say({ ctx, chat }: Pick<Call, 'ctx' | 'chat'>, reply: Reply, idle = NOTHING_RUNS): void {
  const text = reply.code === 'idle' ? idle : chat.deps.redact(reply.text)
  ctx.say(renderNotice(text, { mark: reply.ok ? '✅' : 'ℹ️' }))
}

export const pause: CommandHandler = (call) =>
  command(call, { type: 'pause', afterTask: /^[-–—\s]*after/i.test(call.text) })
export const resume: CommandHandler = (call) => command(call, { type: 'resume' }, NOTHING_WAITS)
export const stop: CommandHandler = (call) =>
  command(call, { type: 'stop', ...(call.text !== '' && { why: call.text }) })

const EARLIER_RUN = 'That task belongs to an earlier run.'

/** The number that was written, else that of the task whose message is replied to; false: of a run that is over. */
function numberMeant(call: Call, written: number | undefined): number | undefined | false {
  const replied = written === undefined ? taskOfReply(call) : undefined
  if (!replied) return written
  return call.chat.deps.face.view.latestRun(call.queue)?.id === replied.runId && replied.number
}

export const skip: CommandHandler = async (call) => {
  const { task: written, rest } = numberFirst(call.text)
  const task = numberMeant(call, written)
  if (task === false) return say(call, { ok: false, text: EARLIER_RUN })
  return command(call, { type: 'skip', ...(task !== undefined && { task }), ...(rest !== '' && { why: rest }) })
}

export const retry: CommandHandler = async (call) => {
  const task = numberMeant(call, numberFirst(call.text).task)
  if (task === false) return say(call, { ok: false, text: EARLIER_RUN })
  return command(call, { type: 'retry', ...(task !== undefined && { task }) }, NOTHING_FAILED)
}

/** Words for the running task. */
export const sayTo: CommandHandler = async (call) => {
  if (call.text !== '') return command(call, { type: 'say', text: call.text })
  if (!call.chat.deps.face.view.status(call.queue).current) return say(call, { ok: false, code: 'idle', text: '' })
  const message = wordsWanted('What should Claude be told?', 'For Claude')
  openReplyField(call.chat, call.ctx, { slot: `say:${call.queue}`, message })
}

/** A new task for a file: the first line is its title. */
export const add: CommandHandler = async (call) => {
  if (call.text !== '') return command(call, { type: 'add', text: call.text })
  const text = 'What is to be done? The first line becomes the title, the rest the instruction.'
  openReplyField(call.chat, call.ctx, { slot: `add:${call.queue}`, message: wordsWanted(text, 'The task') })
}
