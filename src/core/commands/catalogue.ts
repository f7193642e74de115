import type { Command } from './commands.ts'

/** Where a command can be given: a chat, the command line, `/api/commands`, `/webhook/command`, a line typed beside the work. */
export type CommandSurface = 'chat' | 'argv' | 'http' | 'webhook' | 'typed'

/** An argument of a command. */
export interface Argument {
  /** The field of the command that it fills. */
  field: string
  is: 'task' | 'count' | 'place' | 'words' | 'flag' | 'file' | 'files' | 'numbers' | 'paths' | 'id'
  /** As help shows it: one word, behind which others may stand in brackets of their own. */
  shown: string
  /** Without it the command makes no sense; `true`: on every surface. */
  required?: true | readonly CommandSurface[]
  /** Where it can be given; absent: wherever the command can. */
  on?: readonly CommandSurface[]
  /** Its name in the body of a request, if it differs from the field. */
  json?: string
  /** The field without which it has no meaning. */
  needs?: string
}

/** A command as every surface offers it. */
export interface CommandEntry {
  name: string
  /** One line that begins with a capital, without a full stop. */
  help: string
  /** `read` only shows something; `act` changes something. */
  does: 'read' | 'act'
  /** `run`, `task` and `files`: of one project, which is asked for where several are possible; `projects`: of all, unless one is named. */
  about: 'run' | 'task' | 'ask' | 'files' | 'projects' | 'nothing'
  on: readonly CommandSurface[]
  arguments: readonly Argument[]
  /** The type of the command that it becomes; absent: its name. */
  type?: Command['type']
  /** The words that come with a file in a chat go along with it. */
  takesFiles?: true
  /** Reads files or git: nothing else in a chat waits for it. */
  isSlow?: true
  /** What else is worth knowing: for documents, which have more room than a menu. */
  more?: string
  /** How it is called, without the program's name or slash. */
  example?: string
}

const EVERYWHERE: readonly CommandSurface[] = ['chat', 'argv', 'http', 'webhook', 'typed']
const ANSWERS: readonly CommandSurface[] = ['chat', 'argv', 'webhook']
/** Surfaces on which arguments are separate, so that a number at the beginning cannot be the first of the words. */
const APART: readonly CommandSurface[] = ['argv', 'http', 'webhook']

const TASK: Argument = { field: 'task', is: 'task', shown: 'n' }
const WHY: Argument = { field: 'why', is: 'words', shown: 'why', json: 'text' }
const TEXT: Argument = { field: 'text', is: 'words', shown: 'text', required: true }
const RUN: Argument = { field: 'runId', is: 'id', shown: 'run', json: 'session_id', on: ['http'] }
/** Which run a numbered task is of. */
const RUN_OF_TASK: Argument = { ...RUN, on: ['http', 'argv'], needs: 'task' }

/** Every command, in the order in which menus show them. A new one is an entry here and a handler. */
export const CATALOGUE: readonly CommandEntry[] = [
  {
    name: 'status',
    help: 'Show what is running and waiting',
    does: 'read',
    about: 'projects',
    on: ['chat', 'argv', 'webhook'],
    arguments: [],
    example: 'status',
  },
  {
    name: 'start',
    help: 'Start the tasks in a file',
    more: 'The first one in a chat only greets. While something runs, the files are queued.',
    does: 'act',
    about: 'files',
    on: ['chat', 'http', 'webhook'],
    arguments: [
      { field: 'files', is: 'files', shown: 'file', json: 'task_files', on: ['chat', 'http'] },
      { field: 'autoApprove', is: 'flag', shown: 'auto-approve', json: 'auto_approve', on: ['http'] },
      { field: 'only', is: 'numbers', shown: 'numbers', on: ['http'] },
      { field: 'all', is: 'flag', shown: 'all', on: ['http'] },
    ],
  },
  { name: 'tasks', help: 'List the tasks', does: 'read', about: 'projects', on: ['chat'], arguments: [] },
  {
    name: 'approve',
    help: 'Approve what is waiting',
    more: 'The buttons of the message, and a reply to it, do the same.',
    does: 'act',
    about: 'ask',
    on: ANSWERS,
    arguments: [TASK, { ...TEXT, on: ['webhook'], required: [] }],
    example: 'approve 3',
  },
  {
    name: 'reject',
    help: 'Reject it, with an optional reason',
    does: 'act',
    about: 'ask',
    on: ANSWERS,
    arguments: [TASK, { field: 'text', is: 'words', shown: 'why' }],
    takesFiles: true,
    example: 'reject 3 not before the release',
  },
  {
    name: 'answer',
    help: 'Answer a question in words',
    does: 'act',
    about: 'ask',
    on: ANSWERS,
    arguments: [{ ...TASK, on: APART }, TEXT],
    type: 'words',
    takesFiles: true,
    example: 'answer 3 "Blue"',
  },
  {
    name: 'snooze',
    help: 'Be reminded of it later: 30m, tonight, tomorrow',
    does: 'act',
    about: 'ask',
    on: ['chat', 'argv', 'http', 'typed'],
    arguments: [TASK, { field: 'for', is: 'words', shown: 'when' }],
    example: 'snooze 3 tonight',
  },
  {
    name: 'pause',
    help: 'Pause now, or after the running task',
    more: 'A started task resumes later in its own session.',
    does: 'act',
    about: 'run',
    on: EVERYWHERE,
    arguments: [
      { field: 'afterTask', is: 'flag', shown: 'after', json: 'after_task', on: ['chat', 'argv', 'http', 'typed'] },
    ],
    example: 'pause after',
  },
  {
    name: 'resume',
    help: 'Resume',
    does: 'act',
    about: 'run',
    on: EVERYWHERE,
    arguments: [],
    example: 'resume',
  },
  {
    name: 'skip',
    help: 'Skip the task',
    does: 'act',
    about: 'task',
    on: EVERYWHERE,
    arguments: [TASK, WHY, RUN_OF_TASK],
    example: 'skip 3 not needed',
  },
  {
    name: 'retry',
    help: 'Retry the failed task',
    does: 'act',
    about: 'task',
    on: EVERYWHERE,
    arguments: [TASK, RUN_OF_TASK],
    example: 'retry 3',
  },
  {
    name: 'move',
    help: 'Move a queued task: before another one, first or last',
    more: 'Without a place it goes to the front. What it depends on still comes first.',
    does: 'act',
    about: 'task',
    on: ['chat', 'argv', 'http', 'typed'],
    arguments: [
      { ...TASK, required: true },
      { field: 'before', is: 'place', shown: 'before m' },
    ],
    example: 'move 5 before 3',
  },
  {
    name: 'stop',
    help: 'Stop the run',
    does: 'act',
    about: 'run',
    on: EVERYWHERE,
    arguments: [{ ...WHY, on: ['chat', 'http', 'webhook'] }],
    example: 'stop',
  },
  {
    name: 'say',
    help: 'Send Claude a message while it works',
    does: 'act',
    about: 'task',
    on: ['chat', 'argv', 'http', 'typed'],
    arguments: [{ ...TASK, on: APART }, TEXT, RUN_OF_TASK],
    takesFiles: true,
    example: 'say use the existing helper',
  },
  {
    name: 'takeover',
    help: 'Work in the session of a task yourself',
    more: 'Claude stops, and opens in your terminal. Its budgets and time limits pause until you hand the task back.',
    does: 'act',
    about: 'task',
    on: ['argv', 'http'],
    arguments: [TASK],
    example: 'takeover 3',
  },
  {
    name: 'release',
    help: 'Hand back a task that was taken over; done: only its checks are left',
    more: 'Without “done”, Claude continues with it and gets your words.',
    does: 'act',
    about: 'task',
    on: ['chat', 'argv', 'http', 'typed'],
    arguments: [TASK, { field: 'done', is: 'flag', shown: 'done' }, { field: 'text', is: 'words', shown: 'words' }],
    example: 'release 3 done',
  },
  {
    name: 'logs',
    help: 'Show the last lines of the log',
    more: 'The whole log comes along as a document.',
    does: 'read',
    about: 'task',
    on: ['chat', 'argv', 'webhook'],
    arguments: [
      { ...TASK, on: ['argv'] },
      { field: 'lines', is: 'count', shown: 'lines', on: ['chat', 'webhook'] },
    ],
    isSlow: true,
    example: 'logs 3',
  },
  {
    name: 'diff',
    help: 'Show what the task changed',
    does: 'read',
    about: 'task',
    on: ['chat', 'argv'],
    arguments: [TASK],
    isSlow: true,
    example: 'diff 3',
  },
  {
    name: 'undo',
    help: "Undo a task's changes",
    more: 'It asks first. Then the task is undone: Redo runs it again, Bring back restores its changes.',
    does: 'act',
    about: 'task',
    on: ['chat', 'argv', 'http'],
    arguments: [
      { ...TASK, required: ['argv', 'http'] },
      RUN_OF_TASK,
      { field: 'confirm', is: 'id', shown: 'confirm', on: ['http'] },
      { field: 'overwrite', is: 'paths', shown: 'overwrite', on: ['http'] },
    ],
    isSlow: true,
    example: 'undo 3',
  },
  {
    name: 'land',
    help: "Bring a run's merged work to your branch",
    does: 'act',
    about: 'run',
    on: ['chat', 'argv', 'http'],
    arguments: [{ field: 'text', is: 'words', shown: 'run', json: 'session_id' }],
    isSlow: true,
    example: 'land',
  },
  {
    name: 'worktree',
    help: 'List the worktrees, or remove those that are free',
    does: 'act',
    about: 'run',
    on: ['argv', 'http'],
    arguments: [{ field: 'text', is: 'words', shown: 'list|clean', json: 'what' }],
    example: 'worktree list',
  },
  {
    name: 'deploy',
    help: 'Deploy to an environment: the newest commit of its branch, or one you name',
    more: 'It is built and tested first, and approved as configured. During a freeze, a reason after the commit lets it start.',
    does: 'act',
    about: 'nothing',
    on: ['chat', 'argv', 'http'],
    arguments: [{ ...TEXT, shown: 'environment [commit] [why]' }],
    isSlow: true,
    example: 'deploy production 1a2b3c4d',
  },
  {
    name: 'rollback',
    help: 'Roll an environment back to the release before',
    more: 'That is the last release whose check passed; it is checked again afterwards.',
    does: 'act',
    about: 'nothing',
    on: ['chat', 'argv', 'http'],
    arguments: [{ ...TEXT, shown: 'environment' }],
    isSlow: true,
    example: 'rollback production',
  },
  {
    name: 'freeze',
    help: 'Stop deployments to an environment, for a time or until you unfreeze it',
    does: 'act',
    about: 'nothing',
    on: ['chat', 'argv', 'http'],
    arguments: [{ ...TEXT, shown: 'environment [until] [why]' }],
    example: 'freeze production 2h the fair is on',
  },
  {
    name: 'unfreeze',
    help: 'End the freeze of an environment, or the lock after a failed rollback',
    does: 'act',
    about: 'nothing',
    on: ['chat', 'argv', 'http'],
    arguments: [{ ...TEXT, shown: 'environment' }],
    example: 'unfreeze production',
  },
  {
    name: 'plan',
    help: "Draft a task file from your words or today's note",
    more: 'Claude only reads; the draft comes with Start, Change and Discard. A text document with this caption works, too.',
    does: 'act',
    about: 'files',
    on: ['chat', 'argv'],
    arguments: [{ field: 'text', is: 'words', shown: 'words' }],
    example: 'plan "Add a login page, with tests"',
  },
  {
    name: 'add',
    help: 'Add a task',
    more: 'It says in which file.',
    does: 'act',
    about: 'files',
    on: ['chat', 'argv', 'http'],
    arguments: [
      TEXT,
      { field: 'file', is: 'file', shown: 'file', json: 'task_file', on: ['argv', 'http'] },
      { field: 'start', is: 'flag', shown: 'start', on: ['http'] },
    ],
    takesFiles: true,
    example: 'add "Fix the footer"',
  },
  {
    name: 'github',
    help: 'Show open issues and pull requests; take, review or merge one',
    more: 'To merge, name the commit that you saw.',
    does: 'act',
    about: 'run',
    on: ['chat', 'http'],
    arguments: [{ field: 'text', is: 'words', shown: 'take|review|merge n', json: 'what' }],
    isSlow: true,
    example: 'github take 5',
  },
  { name: 'cost', help: 'Cost so far', does: 'read', about: 'projects', on: ['chat'], arguments: [] },
  {
    name: 'dashboard',
    help: 'Get a link to the dashboard',
    more: 'It works once, in one browser.',
    does: 'read',
    about: 'nothing',
    on: ['chat'],
    arguments: [],
  },
  {
    name: 'accept',
    help: 'Accept the whole run',
    does: 'act',
    about: 'run',
    on: ['http'],
    arguments: [RUN],
    type: 'accept-run',
  },
  { name: 'help', help: 'Show this list', does: 'read', about: 'nothing', on: ['chat'], arguments: [] },
]

/** The entries of a surface. */
export function commandsOn(surface: CommandSurface, catalogue = CATALOGUE): CommandEntry[] {
  return catalogue.filter(({ on }) => on.includes(surface))
}

/** The entry of that name, if the surface has it. */
export function commandNamed(surface: CommandSurface, name: string, catalogue = CATALOGUE): CommandEntry | undefined {
  return commandsOn(surface, catalogue).find((entry) => entry.name === name)
}

/** What may be said with a command on a surface. */
export function argumentsOn({ arguments: all }: CommandEntry, surface: CommandSurface): Argument[] {
  return all.filter(({ on }) => on === undefined || on.includes(surface))
}

/** Whether the argument must be there on a surface. */
export function isRequired({ required = [] }: Argument, surface: CommandSurface): boolean {
  return required === true || required.includes(surface)
}

/** `[n] [why]`, `<text>`: what help shows behind the name; empty without arguments. */
export function usageOn(entry: CommandEntry, surface: CommandSurface): string {
  return argumentsOn(entry, surface)
    .map((argument) => (isRequired(argument, surface) ? argument.shown.replace(/^\S+/, '<$&>') : `[${argument.shown}]`))
    .join(' ')
}
