import type { ChatContext } from './context.ts'
import type { Message } from './message.ts'
import type { UpdateContext } from './update-context.ts'

/** The message as one about a project: it says which, where there are several, and which machine works on it. */
export function nameProject({ deps }: Pick<ChatContext, 'deps'>, queue: string | undefined, message: Message): Message {
  if (queue === undefined || message.project !== undefined) return message
  const isOneOfSeveral = deps.api.view.queues().length > 1
  const names = [...(deps.machine === undefined ? [] : [deps.machine.name]), ...(isOneOfSeveral ? [queue] : [])]
  return names.length === 0 ? message : { ...message, project: deps.redact(names.join(' · ')) }
}

/** The same turn, in which everything that is said is about one project. */
export function inProject(chat: ChatContext, ctx: UpdateContext, queue: string): UpdateContext {
  return { ...ctx, say: (message, options) => ctx.say(nameProject(chat, queue, message), options) }
}
