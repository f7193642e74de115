import type { Fields } from '../../core/commands/read-command.ts'
import type { Task } from '../../core/types.ts'
import { taskInView } from '../../daemon/api/task-in-view.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import type { ChatContext } from '../context.ts'
import { taskOfProgress } from '../progress.ts'
import type { MessageRef } from '../transport.ts'
import type { UpdateContext } from '../update-context.ts'
import { whichTask } from './which.ts'

/** A command as it was written, or tapped. */
export interface CommandCall {
  chat: ChatContext
  ctx: UpdateContext
  /** Everything after the command's name, and after the name of a queue. */
  text: string
  /** The same, read as the arguments of the command's entry. */
  fields: Fields
  /** The queue that is meant: named first, or the first one. */
  queue: string
  /** The same, where it was named. */
  named?: string
  /** The ask that it is about, if one was picked. */
  askId?: string
  /** The task that it is about, if one was picked. */
  task?: { runId: string; number: number }
  /** The message it replies to. */
  replyTo?: MessageRef
}

/** Carries out a command; its answers go into the update's context. */
export type CommandHandler = (call: CommandCall) => Promise<void>

/** The number of a task that was written with a command that takes one. */
export const numberWritten = ({ fields }: Pick<CommandCall, 'fields'>): number | undefined =>
  typeof fields.task === 'number' ? fields.task : undefined

/** The task whose own message is replied to. */
export function taskOfReply({ chat, ctx, replyTo }: Pick<CommandCall, 'chat' | 'ctx' | 'replyTo'>): Task | undefined {
  const slot = replyTo === undefined ? undefined : chat.deps.store.deliveries.slotOf(ctx.chatId, replyTo)
  const id = taskOfProgress(slot)
  return id === undefined ? undefined : chat.deps.api.view.fullTask(id)
}

/**
 * The task that was picked, or the one of that number; without a number, the running task or the one that ended last. Where the
 * number could mean a task of several runs, that is asked, and the command ends there.
 */
export function taskMeant(
  call: CommandCall,
  number?: number,
): Pick<Task, 'id' | 'number' | 'runId'> | 'asked' | undefined {
  const { chat, queue, task: picked } = call
  const { view } = chat.deps.api
  const whole = (task: TaskView | undefined) => task && view.fullTask(task.id)
  if (picked) return whole(view.task(picked.runId, picked.number))
  if (number !== undefined) {
    const { task, others = [] } = view.named(queue, number) ?? {}
    if (!task || others.length === 0) return task
    const toMeant = ({ runId, spec }: Task) => ({ task: number, title: spec.title, runId })
    whichTask(chat, call.ctx, [task, ...others].map(toMeant))
    return 'asked'
  }
  return whole(taskInView(view, queue))
}
