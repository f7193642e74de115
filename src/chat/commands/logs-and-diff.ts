import { openPlain } from '../../files/plain.ts'
import type { ChatContext } from '../context.ts'
import type { Message } from '../message.ts'
import { inProject } from '../name-project.ts'
import { renderLog } from '../render/log.ts'
import { renderNotice } from '../render/notice.ts'
import { shortPatch } from '../render/patch.ts'
import type { UpdateContext } from '../update-context.ts'
import { type CommandCall, type CommandHandler, numberWritten, taskMeant, taskOfReply } from './call.ts'
import { countAfterName, type TaskElsewhere, taskElsewhere } from './elsewhere.ts'

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
  const own = taskOfReply(call)
  const there = own ? undefined : await taskElsewhere(call, { hasOwn: hasOwn(call), isNumber: false })
  if (there) return sendLogElsewhere(call, there)
  const task = own ?? taskMeant(call)
  if (task === 'asked') return
  if (task) return sendLog(call.chat, call.ctx, task.id, lines)
  call.ctx.say(renderNotice('There is no log yet: nothing has run. /start to begin.'))
}

/** Whether a task of this machine comes first: one of that number, or one of a run that is not over. */
function hasOwn({ chat, queue }: Pick<CommandCall, 'chat' | 'queue'>, number?: number): boolean {
  const { view } = chat.deps.api
  if (number !== undefined) return view.named(queue, number) !== undefined
  const run = view.latestRun(queue)
  return run !== undefined && run.endedAt === undefined
}

/** The end of the log of a task of another machine. */
async function sendLogElsewhere({ chat, ctx, text }: CommandCall, there: TaskElsewhere): Promise<void> {
  const lines = Math.min(Math.max(1, countAfterName(text) ?? LINES), MOST_LINES)
  const log = (await there.get('log')) as { text?: string } | undefined
  if (!log) return ctx.say(renderNotice(`${there.machine} does not answer at the moment.`))
  const shown = chat.deps.redact((log.text ?? '').trimEnd().split('\n').slice(-lines))
  const task = { id: '', number: there.number, title: chat.deps.redact(there.title) }
  // Its button is for tasks of this machine.
  ctx.say(there.named({ ...renderLog({ task, lines: shown }, chat.moment()), buttons: [] }))
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
  const isReply = number === undefined && taskOfReply(call) !== undefined
  const there = isReply ? undefined : await taskElsewhere(call, { hasOwn: hasOwn(call, number), isNumber: true })
  if (there) return sendDiffElsewhere(call, there)
  const task = (number === undefined ? taskOfReply(call) : undefined) ?? taskMeant(call, number)
  if (task === 'asked') return
  if (task) return sendDiff(call.chat, call.ctx, task.id)
  call.ctx.say(renderNotice('There is no diff: no such task has run.'))
}

/** What a task of another machine changed. */
async function sendDiffElsewhere({ chat, ctx }: CommandCall, there: TaskElsewhere): Promise<void> {
  const found = (await there.get('diff')) as { patch?: string; truncated?: boolean } | undefined
  const title = `Changes made by task ${there.number}`
  const say = (message: Message) => ctx.say(there.named(message))
  if (!found) return say(renderNotice(`No changes of it are known on ${there.machine}.`, { mark: '🧾', title }))
  const { patch = '', truncated = false } = found
  const shown = Buffer.from(patch).subarray(0, mostBytes(chat)).toString('utf8')
  const isCut = truncated || shown.length < patch.length
  say(patchMessage(chat.deps.redact(shown), { title, number: there.number, stat: '', isCut }))
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
  const content = deps.redact(found.patch.subarray(0, most).toString('utf8'))
  const stat = deps.redact(found.stat.trim())
  ctx.say(
    patchMessage(content, {
      title,
      number: task?.number ?? 0,
      stat,
      isCut: found.truncated || found.patch.length > most,
    }),
  )
}

/** A patch without secrets: in short, or as a document. */
function patchMessage(
  patch: string,
  { title, number, stat, isCut }: { title: string; number: number; stat: string; isCut: boolean },
): Message {
  const mark = '🧾'
  if (patch.trim() === '') return renderNotice('No changes.', { mark, title })
  const changes = shortPatch(patch)
  const about = `${stat}${isCut ? '\nThe patch is too large to send in full.' : ''}`
  if (changes) return renderNotice(about, { mark, title, below: changes })
  const name = `task-${number}.diff`
  const message = renderNotice(`${about}\n\nThe changes are in ${name}, above.`.trim(), { mark, title })
  return { ...message, document: { name, caption: title, content: patch } }
}
