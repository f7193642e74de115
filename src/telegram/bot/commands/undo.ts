import { encodeTap } from '../../callback.ts'
import { renderNotice } from '../../render/notice.ts'
import type { Around } from '../around.ts'
import type { Turn } from '../turn.ts'
import { type Command, numberFirst, taskMeant } from './call.ts'

/** `/undo 3`: shows what would happen, and asks back with a button. */
export const undo: Command = async (call) => {
  const { around, turn, queue } = call
  const task = taskMeant(call, numberFirst(call.text).task)
  const run = around.deps.face.view.latestRun(queue)
  if (!task || !run) return turn.say(renderNotice('There is nothing to undo: no such task has run.'))
  const reply = await turn.act({ type: 'undo', task: task.number, runId: run.id }, queue)
  tellPlan(around, turn, task.id, reply)
}

/** The tap that confirms: `key` stands for the plan that was shown, and only that is done. */
export async function confirmUndo(around: Around, turn: Turn, taskId: string, key: string): Promise<void> {
  const { view } = around.deps.face
  const task = view.fullTask(taskId)
  const queue = task && view.run(task.runId)?.queue
  if (!task || queue === undefined) return turn.say(renderNotice('This task is no longer kept.'))
  const reply = await turn.act({ type: 'undo', task: task.number, runId: task.runId, confirm: key }, queue)
  tellPlan(around, turn, taskId, reply)
}

function tellPlan(
  { deps }: Around,
  turn: Turn,
  taskId: string,
  reply: { ok: boolean; text: string; data?: Record<string, unknown> },
): void {
  const key = reply.data?.confirm
  const text = deps.redact(reply.text)
  if (reply.ok || typeof key !== 'string') {
    turn.say(renderNotice(text, { mark: reply.ok ? '⏪' : 'ℹ️' }))
    return
  }
  const undoIt = { text: 'Undo', data: encodeTap({ kind: 'undo', taskId, key }), style: 'danger' as const }
  const keep = { text: 'Keep', data: encodeTap({ kind: 'command', command: 'keep' }) }
  turn.say(renderNotice(text, { mark: '⏪', buttons: [[undoIt, keep]] }))
}
