import { basename } from 'node:path'
import { renderFileChoice } from '../render/file-choice.ts'
import { renderNotice } from '../render/notice.ts'
import type { CommandCall, CommandHandler } from './call.ts'

/** `/start`, `/start file`: begins the tasks, or queues them behind what runs. */
export const startCommand: CommandHandler = async (call) => {
  const { chat, ctx, queue, text } = call
  const files = await chat.deps.taskFiles(queue)
  if (files.length === 0 && text === '') return ctx.say(renderFileChoice([]))
  await startFiles(call, text === '' ? undefined : [fileMeant(files, text) ?? unquoted(text)])
}

const unquoted = (text: string) => text.replace(/^["“]|["”]$/g, '')

/** `today` is tasks/today.md or today.json, if there is one like that and no other. */
export function fileMeant(files: string[], text: string): string | undefined {
  const named = unquoted(text)
  const bare = (path: string) =>
    basename(path)
      .replace(/\.(md|markdown|json)$/i, '')
      .toLowerCase()
  // Of a path the whole counts.
  const alike = named.includes('/') ? [] : files.filter((file) => bare(file) === bare(named))
  return files.includes(named) ? named : alike.length === 1 ? alike[0] : undefined
}

/** Starts these files, or the configured ones. */
export async function startFiles(
  { chat, ctx, queue, text }: Pick<CommandCall, 'chat' | 'ctx' | 'queue' | 'text'>,
  files: string[] | undefined,
): Promise<void> {
  const { deps } = chat
  const reply = await ctx.submit({ type: 'start', ...(files && { files }) }, queue)
  const known = reply.data?.files
  if (!reply.ok && Array.isArray(known))
    return ctx.say(renderFileChoice(deps.redact(known.map(String)), { unknown: deps.redact(text) }))
  const ahead = Number(reply.data?.ahead ?? 0)
  const place = ahead > 0 ? ` Position in the queue: ${Number(reply.data?.position)}.` : ''
  const paused = deps.api.view.status(queue).paused ? ' The queue is paused: /resume to continue.' : ''
  ctx.say(renderNotice(deps.redact(`${reply.text}${place}${reply.ok ? paused : ''}`), { mark: reply.ok ? '▶️' : '⚠️' }))
}
