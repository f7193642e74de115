import { isUtf8 } from 'node:buffer'
import { commandNamed } from '../core/commands/catalogue.ts'
import { askInSlot } from './ask-in-slot.ts'
import { encodeTap } from './callback.ts'
import { plan } from './commands/plan.ts'
import { commandIn, readQueue, type WrittenCommand } from './commands/table.ts'
import type { ChatContext } from './context.ts'
import { editFor } from './delivery.ts'
import type { Deed } from './incoming.ts'
import { nameProject } from './name-project.ts'
import { runChatCommand, wordsFor } from './on-message.ts'
import { queueOfSlot } from './queue-of-slot.ts'
import { renderNotice } from './render/notice.ts'
import { repliedTo } from './replied-to.ts'
import type { MessageRef } from './transport.ts'
import type { UpdateContext } from './update-context.ts'

/** Puts a file that a person sent into the project's inbox, and names it to Claude. */
export async function onFile(
  chat: ChatContext,
  ctx: UpdateContext,
  deed: Extract<Deed, { kind: 'file' }>,
): Promise<void> {
  const { file, caption: written, repliedTo: replied, isQuoted } = deed
  const { deps, transport } = chat
  const { downloadBytes } = transport.limits
  if (!deps.saveFile) return ctx.say(renderNotice('Files are not accepted here.'))
  if (file.bytes > downloadBytes) {
    const most = Math.floor(downloadBytes / 1024 ** 2)
    return ctx.say(renderNotice(`The file is too large: a bot can receive at most ${most} MB.`, { mark: '⚠️' }))
  }
  const caption = commandIn(deed)
  if (caption?.name === 'plan' && file.isDocument)
    return planFromFile(chat, ctx, caption.text, await transport.download(file.id))
  const replyTo = repliedTo(chat, ctx.chatId, replied)
  const slot = replyTo === undefined ? undefined : deps.store.deliveries.slotOf(ctx.chatId, replyTo)
  const named = caption && readQueue(caption.text, deps.api.view.queues()).named
  const queue = named ?? queueOfSlot(chat, slot) ?? deps.api.view.queues()[0] ?? 'main'
  // Once its characters are those of a file name, a secret in it would not be known any more.
  const path = await deps.saveFile(queue, { name: deps.redact(file.name), bytes: await transport.download(file.id) })
  ctx.say(renderNotice(deps.redact(`Saved as ${path}`), { mark: '📎' }), { replyTo: ctx.messageId })
  if (caption) return withCaption(chat, ctx, caption, { path, queue, replyTo })
  const words = `${written.trim() || 'A file from the user'} (saved as ${path})`
  if (!isQuoted && slot !== undefined && askTakesFiles(chat, slot) && (await wordsFor(chat, ctx, slot, words))) return
  const reply = await ctx.submit({ type: 'say', text: words }, queue)
  if (reply.code === 'idle') {
    const buttons = [[{ text: 'Add as a task', data: encodeTap({ kind: 'add-file' }) }]]
    const text = `Nothing is running, so Claude has not seen ${path}.`
    return ctx.say(nameProject(chat, queue, renderNotice(deps.redact(text), { mark: 'ℹ️', buttons })), {
      slot: `file:${JSON.stringify([queue, path, written.trim()])}`,
    })
  }
  const { text } = reply
  ctx.say(renderNotice(deps.redact(text), { mark: reply.ok ? '✅' : 'ℹ️' }))
}

/** Has the file that a message is about looked at, in a task of its own. */
export async function addFileTask(chat: ChatContext, ctx: UpdateContext): Promise<void> {
  const slot = chat.deps.store.deliveries.slotOf(ctx.chatId, ctx.messageId)
  if (!slot?.startsWith('file:')) return ctx.say(renderNotice('This file is no longer known. Send it again.'))
  const [queue, path, caption] = JSON.parse(slot.slice('file:'.length)) as [string, string, string]
  const key = `${chat.transport.name}:file:${ctx.chatId}:${ctx.messageId}`
  const reply = await ctx.submit({ type: 'add', text: taskText(caption, `(saved as ${path})`) }, queue, key)
  const message = renderNotice(reply.text, { mark: reply.ok ? '✅' : '⚠️' })
  ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, nameProject(chat, queue, message), { urgent: true }))
}

/** The first line of a new task is its title, and the rest all that Claude gets. */
function taskText(words: string, note: string): string {
  const title = words === '' ? 'Look at the file' : words
  return `${title}${title.includes('\n') ? '' : `\n${title}`}\n\nA file from the user ${note}`
}

/** A command as a caption: the words go with where the file was saved. */
async function withCaption(
  chat: ChatContext,
  ctx: UpdateContext,
  { name, text }: WrittenCommand,
  { path, queue, replyTo }: { path: string; queue: string; replyTo?: MessageRef | undefined },
) {
  const note = `(saved as ${path})`
  const words = name === 'add' ? taskText(text, note) : `${text} ${note}`
  const entry = commandNamed('chat', name)
  await runChatCommand(chat, ctx, name, entry?.takesFiles ? words.trim() : text, {
    replyTo,
    // An ask is found by what was said about it; everything else is about the project that has the file.
    ...(entry?.about !== 'ask' && { queue }),
  })
}

/** A document with the caption `/plan` is what the plan is made from. */
async function planFromFile(chat: ChatContext, ctx: UpdateContext, words: string, bytes: Buffer): Promise<void> {
  const { queue, text } = readQueue(words, chat.deps.api.view.queues())
  if (!isUtf8(bytes) || bytes.includes(0))
    return ctx.say(renderNotice('A plan can only be made from a text file.', { mark: '⚠️' }))
  await plan({ chat, ctx, queue, text: `${text}\n\n${bytes.toString('utf8')}`.trim() })
}

/** Questions take words as answers; a file with a permission or an approval must not decide it. */
function askTakesFiles({ deps }: ChatContext, slot: string): boolean {
  const ask = askAbout(deps.api.view, slot)
  return ask?.kind === 'question' && ask.state === 'open'
}

/** The ask whose answer the message takes; what should be different is not an answer to it. */
function askAbout(view: ChatContext['deps']['api']['view'], slot: string | undefined) {
  const about = askInSlot(slot)
  return about && about.kind !== 'sendback' ? view.ask(about.askId) : undefined
}
