import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { branded } from '../../claude/process/brand.ts'
import { ATTEMPT_MARK, claudeEnvironment } from '../../claude/process/environment.ts'
import { findProcess } from '../../claude/process/process-list.ts'
import type { Command } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import type { SessionStart } from '../../daemon/commands/session-command.ts'
import { batonError } from '../../errors.ts'
import { writePrivate } from '../../files/private.ts'
import { clean } from '../../terminal/show/clean.ts'
import { replyText } from '../../terminal/show/how-to.ts'
import { nextStep, refusalLines } from '../next-step.ts'
import { diagnose, isAttended, type Shell } from '../shell/shell.ts'
import { type Loaded, loadConfig } from '../state/load-config.ts'
import { projectOf } from '../state/project.ts'
import { withApi } from '../state/with-api.ts'
import { findTmux, NO_TMUX, type Tmux } from './tmux.ts'
import { windowScript } from './window-script.ts'

/** Claude gets three steps to end, and its tree after it. */
const ENDING_MS = 30_000
const LOOK_MS = 200

/** Of the terminal, and of what a person works with in it. */
const A_PERSONS = ['TERM_PROGRAM', 'COLORTERM', 'EDITOR', 'VISUAL', 'PAGER', 'DISPLAY', 'WAYLAND_DISPLAY', 'NO_COLOR']

interface Window {
  pid: number
  startedAt: string
}

/** Where it was open: the process of a window of its own. */
interface Closed {
  pid?: number
}

/** Gives a command to the process that runs the tasks. */
type Tell = (command: Command) => Promise<Reply>

/**
 * Opens the session of a task for a person: in a window of tmux, which stays when they leave it, or in this terminal. When the
 * window ends, the task is handed back. Gives the exit code.
 */
export async function takeOverTask(shell: Shell, { task }: { task?: number }): Promise<number> {
  const loaded = await loadConfig(shell)
  const { name: queue } = projectOf(shell, loaded.config)
  const tmux = await findTmux(shell)
  if (!tmux && !isAttended(shell))
    throw batonError('usage', {
      message: `Taking over a task needs a terminal, or tmux, and ${NO_TMUX}.`,
      hint: 'Run it at a terminal, or install tmux.',
    })
  let isHere = false
  const tell: Tell = (command) =>
    withApi(shell, loaded, async (api, nobodyElse) => {
      isHere = nobodyElse
      return api.submit(command, shell.actor, { queue })
    })
  const me = await windowOf(process.pid)
  const taken = await tell({ type: 'takeover', ...(task !== undefined && { task }), ...(me && { window: me }) })
  const say = (text: string) => shell.stdout.write(`${loaded.redact(clean(text))}\n`)
  if (!taken.ok) return (await openAgain(shell, tmux, taken)) ?? refuse(shell, loaded, taken)
  say(taken.text)
  const { task: number, taskId } = taken.data as { task: number; taskId: string }
  const session = await sessionOf(tell, number)
  if ('reply' in session) {
    await tell({ type: 'release', task: number })
    return refuse(shell, loaded, session.reply)
  }
  if (!tmux) diagnose(shell, `${NO_TMUX}, so Claude opens in this terminal. Leaving it hands the task back.`)
  const left = tmux
    ? await inTmux(shell, loaded, tmux, { number, taskId, session, tell, me })
    : await inTerminal(shell, session)
  if (left === 'open') return 0
  // Until the person has said what comes next.
  const mine = me && (await tell({ type: 'takeover', task: number, window: me, instead: left.pid ?? me.pid }))
  if (mine?.ok === false) {
    say(`Task ${number} was handed back meanwhile.`)
    return 0
  }
  const reply = await tell({ type: 'release', task: number, ...(await askHow(shell, number)) })
  say(reply.text)
  if (isHere) diagnose(shell, `Nothing is running. Continue with:  ${shell.call.tasks} --resume`)
  return reply.ok ? 0 : 1
}

function refuse(shell: Shell, { redact }: Loaded, reply: Reply): number {
  diagnose(shell, redact(refusalLines(replyText(reply, shell.call), nextStep(reply, shell))))
  return 1
}

/** It is taken over already, and its window is one of tmux: shows that one. */
async function openAgain(shell: Shell, tmux: Tmux | undefined, { data }: Reply): Promise<number | undefined> {
  const { task, taskId, window } = (data ?? {}) as { task?: number; taskId?: string; window?: Window }
  const name = tmux && window && taskId !== undefined && (await tmux.find(windowName(task), taskId))
  if (!tmux || !name) return undefined
  if (isAttended(shell)) await tmux.show(name, { readOnly: false })
  else shell.stdout.write(`It is already open in a window: ${tmux.howTo(name)}\n`)
  return 0
}

const windowName = (task: number | undefined) => `baton-${task}-claude`

async function windowOf(pid: number): Promise<Window | undefined> {
  const info = await findProcess(pid)
  return info && { pid, startedAt: info.startedAt }
}

/** How the session is opened, once its process has ended. */
async function sessionOf(tell: Tell, task: number): Promise<SessionStart | { reply: Reply }> {
  for (const end = performance.now() + ENDING_MS; ; await sleep(LOOK_MS)) {
    const reply = await tell({ type: 'session', task })
    if (reply.ok) return reply.data as unknown as SessionStart
    if (reply.data?.isLive !== true || performance.now() > end) return { reply }
  }
}

/** The environment of Claude, as in Baton's hands, with what belongs to the person's terminal; marked as the task's. */
function environmentOf({ env }: Shell, session: SessionStart): Record<string, string> {
  const { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: _, ...chosen } = claudeEnvironment(env, [...session.env, ...A_PERSONS])
  return { ...chosen, [ATTEMPT_MARK]: session.attemptId }
}

async function inTerminal(shell: Shell, session: SessionStart): Promise<Closed> {
  const env = environmentOf(shell, session)
  const [program = '', ...args] = branded(session.command, session.attemptId, env, session.cwd)
  // A Ctrl-C is meant for Claude.
  const ignore = () => undefined
  process.on('SIGINT', ignore)
  const child = spawn(program, args, { cwd: session.cwd, env, stdio: 'inherit' })
  const failed = once(child, 'error').then(([error]) => diagnose(shell, `error: ${(error as Error).message}`))
  await Promise.race([once(child, 'exit'), failed])
  process.off('SIGINT', ignore)
  return {}
}

async function inTmux(
  shell: Shell,
  { config }: Loaded,
  tmux: Tmux,
  taken: { number: number; taskId: string; session: SessionStart; tell: Tell; me: Window | undefined },
): Promise<Closed | 'open'> {
  const { number, taskId, session, tell, me } = taken
  const env = environmentOf(shell, session)
  const channel = `${windowName(number)}-${taskId}`
  const script = join(config.stateDir, `window-${taskId}.sh`)
  const command = branded(session.command, session.attemptId, env, session.cwd)
  const after = ['tmux', '-L', 'baton', 'wait-for', '-S', channel]
  writePrivate(script, windowScript({ env, cwd: session.cwd, command, after }))
  const { name, pid } = await tmux.start(windowName(number), taskId, session.cwd, ['/bin/sh', script])
  const window = await windowOf(pid)
  if (window) await tell({ type: 'takeover', task: number, window, ...(me && { instead: me.pid }) })
  if (isAttended(shell)) await tmux.show(name, { readOnly: false })
  else {
    shell.stdout.write(`Open it with: ${tmux.howTo(name)}\n`)
    await tmux.waitFor(channel)
  }
  const isOpen = window && (await findProcess(pid))?.startedAt === window.startedAt && (await tmux.find(name, taskId))
  if (!isOpen) return { pid }
  diagnose(shell, `Task ${number} is still yours. Back to its window: ${tmux.howTo(name)}`)
  diagnose(shell, `Hand it back: leave Claude there, or run ${shell.call.baton} release ${number}`)
  return 'open'
}

/** What becomes of the task; where nobody can be asked, Claude continues with it. */
async function askHow(shell: Shell, task: number): Promise<{ done?: boolean; text?: string }> {
  if (!isAttended(shell)) return {}
  const lines = createInterface({ input: shell.stdin, output: shell.stderr })
  const closed = once(lines, 'close').then(() => '')
  try {
    const question = `Is task ${task} finished? yes: its checks run; Enter, or words for Claude: Claude continues. `
    const answer = (await Promise.race([lines.question(question), closed])).trim()
    if (/^(y|yes|done)$/i.test(answer)) return { done: true }
    return /^(n|no)?$/i.test(answer) ? {} : { text: answer }
  } finally {
    lines.close()
  }
}
