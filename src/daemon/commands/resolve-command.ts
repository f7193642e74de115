import type { Command, ResolvedCommand } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { Actor, PlannedTask, PushedCommit } from '../../core/types.ts'
import type { ResolveCommand } from '../api/command-request.ts'
import { SNOOZE_WORDS, snoozeUntil } from './snooze-until.ts'

/** The plan of a run as the task files give it, or why there is none. */
export type Planned =
  | {
      tasks: PlannedTask[]
      files: string[]
      total: number
      alreadyDone: number
      push?: PushedCommit
      /** The machine that they are for; absent: this one. */
      machine?: string
    }
  | { problems: string; noSuchFile?: string }

type StartCommand = Extract<Command, { type: 'start' }>

/** Commands that change no row of a queue: they are answered, and that is all. */
type AnsweredCommand = Exclude<Command, { type: ResolvedCommand['type'] | 'add' | DeployCommand['type'] }>

/** Commands about environments, as they are written: `production 1a2b3c4d because …`. */
export type DeployCommand = Extract<Command, { type: 'deploy' | 'rollback' | 'freeze' | 'unfreeze' }>

/**
 * How each of them is answered. `id` is its place in the inbox: the same one comes again after a kill in between, and must not be
 * done twice.
 */
export type CommandAnswers = {
  [Type in AnsweredCommand['type']]: (
    command: Extract<AnsweredCommand, { type: Type }>,
    by: Actor,
    id: number,
  ) => Promise<Reply>
}

/** Hands what is started to the machine that it is for. */
export type HandElsewhere = (
  start: { machine: string; files: string[]; command: StartCommand },
  by: Actor,
) => Promise<Reply | undefined>

/** What resolving needs from outside. */
export interface ResolvePorts {
  /** Reads and plans the task files; without `files` the configured ones. */
  plan: (command: StartCommand, by: Actor) => Promise<Planned>
  newRunId: () => string
  now: () => number
  /** IANA name; default the machine's. */
  timezone?: string
  /** Adds a task to a file; says where. The same `id` again finds it there, also after a kill in between. */
  add: (command: Extract<Command, { type: 'add' }>, id: number) => Promise<{ where: string; title: string }>
  answers: CommandAnswers
  /** Absent: the queue deploys nothing, and says where that is done. */
  deploys?: (command: DeployCommand, by: Actor, id: number) => Promise<{ command: ResolvedCommand } | { reply: Reply }>
  /** Hands tasks to the machine that they are for, or says why not; undefined: that is this one. */
  elsewhere?: HandElsewhere | undefined
  /** Names of the existing task files, for somebody who named a wrong one. */
  taskFiles: () => Promise<string[]>
}

/** Makes the resolver of one queue. */
export function createResolveCommand(ports: ResolvePorts): ResolveCommand {
  return async (request, id) => {
    const { command } = request
    if (isAnswered(ports.answers, command)) return { reply: await answerTo(ports.answers, command, request.by, id) }
    if (isDeploy(command)) return (await ports.deploys?.(command, request.by, id)) ?? { reply: NO_ENVIRONMENTS }
    if (command.type === 'start') return start(ports, command, request.by)
    if (command.type === 'add') {
      const added = await ports.add(command, id)
      return command.start === true ? startAdded(ports, added, request.by) : { reply: addedReply(added) }
    }
    if (command.type === 'snooze') {
      const until = snoozeUntil(command.for ?? '', ports.now(), ports.timezone)
      if (until !== undefined) return { command: { type: 'snooze', target: command.target, until } }
      const text = `“${command.for}” is not a time to be reminded at. Say ${SNOOZE_WORDS}.`
      return { reply: notPossible(text) }
    }
    return { command: command satisfies ResolvedCommand }
  }
}

const isDeploy = (command: Command): command is DeployCommand =>
  ['deploy', 'rollback', 'freeze', 'unfreeze'].includes(command.type)

const NO_ENVIRONMENTS: Reply = notPossible('There is nothing to deploy to: config.yaml names no `environments`.')

type Added = Awaited<ReturnType<ResolvePorts['add']>>

const addedReply = ({ where, title }: Added): Reply => ({
  ok: true,
  text: `Added to ${where}: ${title}`,
  data: { where, title },
})

/** Starts only the added task and what it depends on, not the rest of its file. */
async function startAdded(
  ports: ResolvePorts,
  added: Added,
  by: Actor,
): Promise<{ command: ResolvedCommand } | { reply: Reply }> {
  const [, file = '', line = ''] = /^(.*):(\d+)$/.exec(added.where) ?? []
  const command: StartCommand = { type: 'start', files: [file] }
  const planned = await ports.plan(command, by)
  const made = 'tasks' in planned ? planned.tasks.find(({ spec }) => spec.origin.line === Number(line)) : undefined
  if ('problems' in planned || !made) {
    const { text, data } = addedReply(added)
    const why = 'problems' in planned ? planned.problems : 'it is not in the file any more.'
    return {
      reply: notPossible(`${text}. It cannot be started: ${why}`, data),
    }
  }
  const needed = new Set([made.number])
  for (const number of needed)
    for (const before of planned.tasks.find((task) => task.number === number)?.dependsOn ?? []) needed.add(before)
  return start(
    { ...ports, plan: async () => ({ ...planned, tasks: planned.tasks.filter((t) => needed.has(t.number)) }) },
    { ...command, only: [...needed] },
    by,
  )
}

function isAnswered(answers: CommandAnswers, command: Command): command is AnsweredCommand {
  return Object.hasOwn(answers, command.type)
}

function answerTo<Type extends AnsweredCommand['type']>(
  answers: CommandAnswers,
  command: Extract<AnsweredCommand, { type: Type }>,
  by: Actor,
  id: number,
): Promise<Reply> {
  return answers[command.type as Type](command, by, id)
}

async function start(
  ports: ResolvePorts,
  command: StartCommand,
  by: Actor,
): Promise<{ command: ResolvedCommand } | { reply: Reply }> {
  const planned = await ports.plan(command, by)
  if ('problems' in planned) {
    const files = planned.noSuchFile === undefined ? undefined : await ports.taskFiles()
    const data = files && { files }
    return { reply: notPossible(planned.problems, data) }
  }
  if (planned.tasks.length === 0) {
    const text = planned.total === 0 ? 'There are no tasks.' : `Nothing to do: all ${planned.total} tasks are done.`
    return {
      reply: { ok: true, code: 'nothing-to-do', text, data: { tasks: 0, total: planned.total, files: planned.files } },
    }
  }
  const { machine, files } = planned
  // What was taken from another machine is for this one.
  const reply = machine !== undefined && !command.lease && (await ports.elsewhere?.({ machine, files, command }, by))
  if (reply) return { reply }
  return {
    command: {
      type: 'start',
      tasks: planned.tasks.map((task) => shown(task, planned.files, command.shownAs)),
      files: planned.files,
      autoApprove: command.autoApprove === true,
      supersede: command.supersede === true,
      runId: command.runId ?? ports.newRunId(),
      ...(command.lanes !== undefined && { lanes: command.lanes }),
      ...(planned.push && { push: planned.push }),
      ...(command.lease && { lease: command.lease }),
      ...(command.shownAs && { shownAs: command.shownAs }),
    },
  }
}

/** A task of a copy that Baton keeps is shown where people know it. */
function shown(task: PlannedTask, files: readonly string[], names: readonly string[] = []): PlannedTask {
  const { origin } = task.spec
  const shownAs = origin.file === undefined ? undefined : names[files.indexOf(origin.file)]
  return shownAs === undefined ? task : { ...task, spec: { ...task.spec, origin: { ...origin, shownAs } } }
}
