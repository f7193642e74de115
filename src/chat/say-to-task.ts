import type { Reply } from '../core/inputs.ts'
import type { Task } from '../core/types.ts'
import type { ChatContext } from './context.ts'
import { isCurrentRun } from './current-run.ts'
import type { UpdateContext } from './update-context.ts'

/** Words for exactly this task: its number means another one as soon as the next run is current. */
export async function sayToTask(
  chat: ChatContext,
  ctx: UpdateContext,
  { runId, number }: Task,
  text: string,
  key?: string,
): Promise<Reply> {
  const queue = chat.deps.api.view.run(runId)?.queue
  if (queue === undefined || !isCurrentRun(chat, runId))
    return { ok: false, text: `Task ${number} belongs to an earlier run; Claude no longer works on it.` }
  return ctx.submit({ type: 'say', text, task: number, runId }, queue, key)
}
