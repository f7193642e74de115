import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from '../core/commands/commands.ts'
import type { Reply } from '../core/inputs.ts'
import { hasRunEnded } from '../core/status.ts'
import type { Ask, BatonEvent } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { batonError } from '../errors.ts'
import { redactValue, withoutSecrets } from '../redact/redact-value.ts'
import { askLines } from '../terminal/show/ask-text.ts'
import { clean } from '../terminal/show/clean.ts'
import { answerCommands, replyText } from '../terminal/show/how-to.ts'
import { when } from '../text/times.ts'
import type { CommandArgv } from './argv/call.ts'
import { nextStep, refusalLines } from './next-step.ts'
import { numberAlone } from './number-alone.ts'
import { preflight } from './run/preflight.ts'
import { workHere } from './run/work-here.ts'
import { openDiagnostics } from './shell/diagnostics.ts'
import { openOwnLog } from './shell/own-log.ts'
import { diagnose, isAttended, type Shell } from './shell/shell.ts'
import { type Loaded, loadConfig } from './state/load-config.ts'
import { openHere } from './state/open-here.ts'
import { lookAfter, openThere } from './state/open-there.ts'
import { projectOf, takesAnswersHere } from './state/project.ts'

const LOOK_MS = 100

/** Whoever gives one of these wants the run to continue. */
const CONTINUES: ReadonlySet<Command['type']> = new Set(['approve', 'reject', 'words', 'answer', 'resume', 'retry'])

/**
 * Carries out a command that the phone has, too. The process that runs the tasks takes it; where there is none, it is applied
 * here, and what was waiting for it continues in this process. Gives the exit code.
 */
export async function doCommand(
  shell: Shell,
  call: CommandArgv,
  onReply: (reply: Reply) => void = () => undefined,
): Promise<number> {
  const loaded = await loadConfig(shell)
  const project = projectOf(shell, loaded.config)
  const queue = project.name
  const told = await tellWhoWorks(shell, loaded, call, queue, onReply)
  if (told !== undefined) return told
  const around = { diagnostics: openDiagnostics(shell, loaded.redact), log: openOwnLog(loaded) }
  const answersHere = takesAnswersHere(project)
  const opened = await openHere(shell, loaded, isAttended(shell) && !call.json && answersHere, around)
  if ('holder' in opened) return (await tellWhoWorks(shell, loaded, call, queue, onReply)) ?? 1
  const { runner } = opened
  try {
    const reply = await put(shell, loaded, runner.api, call, queue)
    onReply(reply)
    const exitCode = tell(shell, loaded, reply, call, { view: runner.api.view, queue })
    // What another machine asked keeps nothing waiting here.
    if (reply.data?.machine !== undefined) return exitCode
    const { run } = runner.api.view.status(queue)
    const isOpen = run !== undefined && !hasRunEnded(run.status)
    if (exitCode !== 0 || !CONTINUES.has(call.command.type) || !isOpen) return exitCode
    const left = runner.api.view.tasks(run.id).filter(({ status }) => status !== 'done')
    const needsClaude = left.some(({ id }) => !runner.api.view.fullTask(id)?.spec.run)
    await preflight(loaded, project, { env: shell.env, needsClaude })
    diagnose(shell, `Continuing the run here: ${loaded.redact(run.files.join(', '))}`)
    const worked = await workHere(shell, loaded, runner, undefined, {
      ...around,
      json: call.json,
      queue,
      alreadyDone: 0,
      onFailure: project.onFailure,
      answersHere,
      look: lookAfter(shell, loaded),
    })
    return 'exitCode' in worked ? worked.exitCode : 1
  } finally {
    await runner.stop()
    await around.log.close()
  }
}

/** Puts the command to the process that runs the tasks; undefined when none does. */
async function tellWhoWorks(
  shell: Shell,
  loaded: Loaded,
  call: CommandArgv,
  queue: string,
  onReply: (reply: Reply) => void,
): Promise<number | undefined> {
  const remote = openThere(shell, loaded)
  try {
    if (!remote?.holder()) return undefined
    const reply = await put(shell, loaded, remote.api, call, queue, () => !remote.holder())
    onReply(reply)
    return tell(shell, loaded, reply, call, { view: remote.api.view, queue })
  } finally {
    remote?.close()
  }
}

/** Puts the command here; an answer that nothing waits for goes to the machine that asks. */
async function put(...[shell, loaded, api, call, queue, isGone]: Parameters<typeof putHere>): Promise<Reply> {
  const reply = await putHere(shell, loaded, api, call, queue, isGone)
  const isAnswer = 'target' in call.command && call.command.type !== 'snooze'
  if (reply.ok || !isAnswer || loaded.secrets.databaseUrl === undefined || api.view.openAsks().length > 0) return reply
  const { answerElsewhere } = await import('./state/answer-elsewhere.ts')
  return (await answerElsewhere(shell, loaded, call)) ?? reply
}

/** Puts the command; where it needs confirmation, asks the person, or takes `--yes`. */
async function putHere(
  shell: Shell,
  loaded: Loaded,
  api: DaemonApi,
  call: CommandArgv,
  queue: string,
  isGone = () => false,
): Promise<Reply> {
  const unclear = numberAlone(call, openAsks(api, queue))
  if (unclear) return unclear
  const command = withWords(api, call, queue)
  const undos = followUndos(api, isGone)
  const reply = await api.submit(command, shell.actor, { queue }).catch((error: unknown) => {
    undos.close()
    throw error
  })
  if (reply.ok && reply.data?.about === 'undo' && reply.data.choice === 'undo') {
    diagnose(shell, loaded.redact(clean(reply.text)))
    const event = await undos.of(reply.data.task as number)
    if (!event) return { ok: false, text: 'Baton has stopped. Its next start does what you decided.' }
    const { text, data } = event
    return { ok: data?.ok === true, text, data: { ...reply.data, undone: data?.ok === true } }
  }
  undos.close()
  const ask = command.type === 'undo' ? api.view.ask(String(reply.data?.askId)) : undefined
  if (ask && !call.json) diagnose(shell, [...askShown(shell, loaded, ask), ''].join('\n'))
  const confirm = reply.data?.confirm
  if (command.type !== 'undo' || typeof confirm !== 'string') return reply
  diagnose(shell, loaded.redact(clean(reply.text)))
  if (!call.yes && !(await isSure(shell))) return { ok: false, text: 'Nothing was changed.' }
  return api.submit({ ...command, confirm }, shell.actor, { queue })
}

/** An ask that a command led to, whole, and how it is answered. */
function askShown(shell: Shell, { redact }: Loaded, ask: Ask): string[] {
  const commands = answerCommands(ask, shell.call).map((command) => `    ${command}`)
  return [...askLines(withoutSecrets(redact, ask), (_, text) => text), ...commands.map(redact)]
}

/**
 * What comes of undoing several tasks together takes as long as the checks, and whoever is here waits for it; undefined where
 * Baton ends before.
 */
function followUndos(
  api: DaemonApi,
  isGone: () => boolean,
): { of: (task: number) => Promise<BatonEvent | undefined>; close: () => void } {
  const undone = new Map<number, BatonEvent>()
  const close = api.follow((event) => {
    if (event.type === 'task.undone' && event.task !== undefined) undone.set(event.task, event)
  })
  return {
    close,
    async of(task) {
      try {
        while (!undone.has(task) && !isGone()) await sleep(LOOK_MS)
        return undone.get(task)
      } finally {
        close()
      }
    },
  }
}

async function isSure(shell: Shell): Promise<boolean> {
  if (!isAttended(shell)) throw batonError('needs-yes', { what: 'undo' })
  const lines = createInterface({ input: shell.stdin, output: shell.stderr })
  try {
    return /^(y|yes)$/i.test((await lines.question('Sure? yes or no: ')).trim())
  } finally {
    lines.close()
  }
}

const openAsks = ({ view }: DaemonApi, queue: string) => view.openAsks().filter((ask) => ask.queue === queue)

/** The words of an answer: one line for each of several questions, else one text. */
function withWords(api: DaemonApi, { command, words }: CommandArgv, queue: string): Command {
  if (command.type !== 'words' || !words) return command
  const asks = openAsks(api, queue).filter(({ task }) => (command.target.task ?? task) === task)
  const questions = asks.length === 1 ? (asks[0]?.questions?.length ?? 0) : 0
  return { ...command, text: words.join(questions > 1 && words.length === questions ? '\n' : ' ') }
}

/** A reply has no clock: until when something is snoozed is said here. */
function textOf(reply: Reply, shell: Shell): string {
  const text = replyText(reply, shell.call)
  const { until } = reply.data ?? {}
  return typeof until === 'number' ? `${text.replace(/\.$/, '')} until ${when(until, shell.now())}.` : text
}

function tell(
  shell: Shell,
  { redact }: Loaded,
  reply: Reply,
  { command, json }: CommandArgv,
  { view, queue }: { view: DaemonApi['view']; queue: string },
): number {
  const isStopped = () => view.latestRun(queue)?.status === 'stopped'
  const hints = reply.ok ? [] : nextStep(reply, { call: shell.call, ask: view.ask, isStopped })
  const hint = hints.length > 0 ? hints.join('\n') : undefined
  if (json) {
    const shown = { type: 'reply', ...reply, ...(hint !== undefined && { hint }) }
    shell.stdout.write(`${JSON.stringify(redactValue(redact, shown))}\n`)
  } else if (reply.ok) {
    shell.stdout.write(`${redact(clean(textOf(reply, shell)))}\n`)
    const { task, undone } = reply.data ?? {}
    const run = 'runId' in command && command.runId !== undefined ? ` --run ${command.runId}` : ''
    if (undone === true) diagnose(shell, `Redo with:  ${shell.call.baton} retry ${task}${run}`)
  } else diagnose(shell, redact(refusalLines(textOf(reply, shell), hints)))
  return reply.ok ? 0 : 1
}
