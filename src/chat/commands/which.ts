import type { Ask } from '../../core/types.ts'
import { encodeTap, fileKey } from '../callback.ts'
import type { ChatContext } from '../context.ts'
import { editFor } from '../delivery.ts'
import type { Button } from '../message.ts'
import { BUTTON_UNITS } from '../render/buttons.ts'
import { oneLine } from '../render/clean.ts'
import { renderNotice } from '../render/notice.ts'
import type { UpdateContext } from '../update-context.ts'

/** More than these are named in words, with the number of their task. */
const MAX_BUTTONS = 8

/** Asks which of several asks a command is about; the tap runs the same words for that one. */
export function whichAsk({ deps }: ChatContext, ctx: UpdateContext, asks: readonly Ask[]): void {
  const isSeveral = new Set(asks.map(({ queue }) => queue)).size > 1
  const rest = asks.length - MAX_BUTTONS
  const buttons = asks.slice(0, MAX_BUTTONS).map((ask): Button[] => {
    const label = `${isSeveral ? `${oneLine(ask.queue, 12)} · ` : ''}${ask.task} · ${deps.redact(ask.title)}`
    return [
      { text: oneLine(label, BUTTON_UNITS), data: encodeTap({ kind: 'about-ask', askId: ask.id }), isOption: true },
    ]
  })
  const name = isSeveral ? 'the project and the number of the task' : 'the number of the task'
  const text = rest > 0 ? `Which one? For the other ${rest}, put ${name} after the command.` : 'Which one?'
  ctx.say(renderNotice(text, { mark: '❔', silent: true, buttons }), { replyTo: ctx.messageId })
}

/** One of several tasks that a command may be about. */
export interface TaskMeant {
  task: number
  title: string
  runId: string
}

/** Asks which of several tasks a command is about; the tap runs the same words for that one. */
export function whichTask({ deps }: ChatContext, ctx: UpdateContext, tasks: readonly TaskMeant[]): void {
  const rest = tasks.length - MAX_BUTTONS
  const buttons = tasks.slice(0, MAX_BUTTONS).map(({ task, title, runId }): Button[] => {
    const text = oneLine(`${task} · ${deps.redact(title)}`, BUTTON_UNITS)
    return [{ text, data: encodeTap({ kind: 'about-task', runId, number: task }), isOption: true }]
  })
  const text = rest > 0 ? `Which task? For the other ${rest}, put its number after the command.` : 'Which task?'
  ctx.say(renderNotice(text, { mark: '❔', silent: true, buttons }), { replyTo: ctx.messageId })
}

/** Asks which project a command is about; the tap runs the same words there. */
export function whichProject(ctx: UpdateContext, queues: readonly string[]): void {
  const buttons = queues.map((queue): Button[] => [projectButton(queue)])
  ctx.say(renderNotice('Which project?', { mark: '❔', silent: true, buttons }), { replyTo: ctx.messageId })
}

/** Runs the command that its message replies to in this project. */
function projectButton(queue: string): Button {
  return {
    text: oneLine(queue, BUTTON_UNITS),
    data: encodeTap({ kind: 'in-project', queueKey: fileKey(queue) }),
    isOption: true,
  }
}

/** A turn whose first words take the place of the tapped message: what was asked there is answered. */
export function inPlace(ctx: UpdateContext): UpdateContext {
  let isAnswered = false
  return {
    ...ctx,
    say: (message, options = {}) => {
      const isPlain = !message.document && message.asksForReply === undefined && options.slot === undefined
      if (isAnswered || !isPlain) return ctx.say(message, options)
      isAnswered = true
      ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, message, { urgent: true }))
    },
  }
}
