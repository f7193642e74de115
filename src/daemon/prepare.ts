import type { Act, Reply } from '../core/inputs.ts'
import type { Actor, PlannedTask } from '../core/types.ts'
import type { Prepare, Wish, Wished } from './wishes.ts'

/** The plan of a run as the task files give it, or why there is none. */
export type Planned =
  | { tasks: PlannedTask[]; files: string[]; total: number; alreadyDone: number }
  | { problems: string; noSuchFile?: string }

/** What preparing needs from outside. */
export interface PreparePorts {
  /** Reads and plans the task files; without `files` the configured ones. */
  plan: (wish: Extract<Wish, { type: 'start' }>, by: Actor) => Promise<Planned>
  /** Adds a task to a file; tells where. The same `id` again finds it there, also after a kill in between. */
  add: (wish: Extract<Wish, { type: 'add' }>, id: number) => Promise<{ where: string; title: string }>
  undo: (wish: Extract<Wish, { type: 'undo' }>, wished: Wished) => Promise<Reply>
  newRunId: () => string
  /** Names of the task files there are, for who named a wrong one. */
  taskFiles: () => Promise<string[]>
}

/** Makes the reader of wishes of one queue. */
export function createPrepare(ports: PreparePorts): Prepare {
  return async (wished, id) => {
    const { wish } = wished
    if (wish.type === 'start') return start(ports, wish, wished.by)
    if (wish.type === 'add') {
      const { where, title } = await ports.add(wish, id)
      return { reply: { ok: true, text: `Added to ${where}: ${title}`, data: { where, title } } }
    }
    if (wish.type === 'undo') return { reply: await ports.undo(wish, wished) }
    return { act: wish satisfies Act }
  }
}

async function start(
  ports: PreparePorts,
  wish: Extract<Wish, { type: 'start' }>,
  by: Actor,
): Promise<{ act: Act } | { reply: Reply }> {
  const planned = await ports.plan(wish, by)
  if ('problems' in planned) {
    const files = planned.noSuchFile === undefined ? undefined : await ports.taskFiles()
    const data = files && { files }
    return { reply: { ok: false, code: 'not-possible', text: planned.problems, ...(data && { data }) } }
  }
  if (planned.tasks.length === 0) {
    const text = planned.total === 0 ? 'There are no tasks.' : `Nothing to do: all ${planned.total} tasks are done.`
    return {
      reply: { ok: true, code: 'nothing-to-do', text, data: { tasks: 0, total: planned.total, files: planned.files } },
    }
  }
  return {
    act: {
      type: 'start',
      tasks: planned.tasks,
      files: planned.files,
      autoApprove: wish.autoApprove === true,
      supersede: wish.supersede === true,
      runId: wish.runId ?? ports.newRunId(),
    },
  }
}
