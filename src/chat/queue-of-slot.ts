import { askInSlot } from './ask-in-slot.ts'
import type { ChatContext } from './context.ts'

/** The project of what a message of ours stands for; undefined where it stands for none, or for something long gone. */
export function queueOfSlot({ deps, cards }: ChatContext, slot: string | undefined): string | undefined {
  const { view } = deps.api
  const ask = askInSlot(slot)
  if (ask) return view.ask(ask.askId)?.queue
  const [, kind, id = ''] = /^(\w+):(.*)$/s.exec(slot ?? '') ?? []
  switch (kind) {
    case 'progress': {
      const task = view.fullTask(id)
      return task && view.run(task.runId)?.queue
    }
    case 'say':
    case 'add':
      return id
    case 'card':
    case 'change':
      return cards.get(id)?.project
    default:
      return undefined
  }
}
