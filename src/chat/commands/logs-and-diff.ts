import { openPlain } from '../../files/plain.ts'
import type { ChatContext } from '../context.ts'
import { inProject } from '../name-project.ts'
import { renderLog } from '../render/log.ts'
import { renderNotice } from '../render/notice.ts'
import { shortPatch } from '../render/patch.ts'
import type { UpdateContext } from '../update-context.ts'
import { type CommandHandler, numberWritten, taskMeant, taskOfReply } from './call.ts'

const LINES = 20
const MOST_LINES = 200
/** More than anybody reads; of a longer log the end counts. */
const MOST_BYTES = 20_000_000
/** What is hidden in it may take more room than what stood there. */
const ROOM = 0.9

/** As much of a document as the platform takes. */
const mostBytes = ({ transport }: ChatContext): number =>
  Math.min(MOST_BYTES, Math.floor(transport.limits.uploadBytes * ROOM))

/** Show the last lines of the log at hand, and the whole of it as a document. */
export const logs: CommandHandler = async (call) => {
  const { lines: wanted = LINES } = call.fields
  const lines = Math.min(Math.max(1, Number(wanted)), MOST_LINES)
  const task = taskOfReply(call) ?? taskMeant(call)
  if (task === 'asked') return
  if (task) return sendLog(call.chat, call.ctx, task.id, lines)
  call.ctx.say(renderNotice('There is no log yet: nothing has run. /start to begin.'))
}

/** The log of one task. */
export async function sendLog(chat: ChatContext, turn: UpdateContext, taskId: string, lines = LINES): Promise<void> {
  const { deps, moment } = chat
  const ctx = aboutTask(chat, turn, taskId)
  const found = deps.api.view.fullTask(taskId)
  const task = found && { id: taskId, number: found.number, title: found.spec.title }
  const tail = await deps.artifacts.logTail(taskId, lines)
  if (!tail) return ctx.say(renderNotice(`Task ${task?.number ?? ''} has no log yet.`))
  const { whole, isCut, updatedAt } = await readWhole(tail.file, mostBytes(chat))
  const log = { ...(task && { task }), lines: tail.lines, whole, updatedAt, ...(isCut && { isCut }) }
  ctx.say(renderLog(deps.redact(log), moment()))
}

function aboutTask(chat: ChatContext, ctx: UpdateContext, taskId: string): UpdateContext {
  const { view } = chat.deps.api
  const task = view.fullTask(taskId)
  const queue = task && view.run(task.runId)?.queue
  return queue === undefined ? ctx : inProject(chat, ctx, queue)
}

/** A log, or its end from the beginning of a line. */
async function readWhole(path: string, most: number): Promise<{ whole: string; isCut: boolean; updatedAt: number }> {
  const file = await openPlain(path)
  try {
    const { size, mtimeMs } = await file.stat()
    const start = Math.max(0, size - most)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    const line = start === 0 ? 0 : buffer.indexOf(0x0a) + 1
    return { whole: buffer.toString('utf8', line, bytesRead), isCut: start > 0, updatedAt: mtimeMs }
  } finally {
    await file.close()
  }
}

/** What a task changed: in short in the chat, the patch as a document. */
export const diff: CommandHandler = async (call) => {
  const number = numberWritten(call)
  const task = (number === undefined ? taskOfReply(call) : undefined) ?? taskMeant(call, number)
  if (task === 'asked') return
  if (task) return sendDiff(call.chat, call.ctx, task.id)
  call.ctx.say(renderNotice('There is no diff: no such task has run.'))
}

/** The difference of one task. */
export async function sendDiff(chat: ChatContext, turn: UpdateContext, taskId: string): Promise<void> {
  const { deps } = chat
  const ctx = aboutTask(chat, turn, taskId)
  const task = deps.api.view.fullTask(taskId)
  const found = await deps.artifacts.diff(taskId)
  const title = task ? `Changes made by task ${task.number}` : 'Changes made by the task'
  if (!found.ok) return ctx.say(renderNotice(deps.redact(found.why), { mark: '🧾', title }))
  const most = mostBytes(chat)
  const patch = found.patch.subarray(0, most).toString('utf8')
  if (patch.trim() === '') return ctx.say(renderNotice('No changes.', { mark: '🧾', title }))
  const cut = found.truncated || found.patch.length > most ? '\nThe patch is too large to send in full.' : ''
  const content = deps.redact(patch)
  const changes = shortPatch(content)
  const stat = deps.redact(`${found.stat.trim()}${cut}`)
  if (changes) return ctx.say(renderNotice(stat, { mark: '🧾', title, below: changes }))
  const name = `task-${task?.number ?? 0}.diff`
  const message = renderNotice(`${stat}\n\nThe changes are in ${name}, above.`, { mark: '🧾', title })
  ctx.say({ ...message, document: { name, caption: title, content } })
}
