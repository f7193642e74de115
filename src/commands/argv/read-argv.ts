import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander'
import { CATALOGUE } from '../../core/commands/catalogue.ts'
import { isMachineTarget } from '../../core/machine-target.ts'
import { batonError } from '../../errors.ts'
import type { InitFlags } from '../../init/flags.ts'
import { addCommands, describe, exampleOf, examples, GROUPS, RUN_HELP, RUN_OPTION } from './argv-commands.ts'
import { readNumber, readNumbers } from './argv-numbers.ts'
import type { ProgramCall } from './call.ts'

/** What was called, and where. */
export interface CommandLine {
  call: ProgramCall
  /** The folder of config.yaml. */
  home?: string
  project?: string
}

/** Reads the command line. Throws BatonError `usage` with one line that names what was probably meant. */
export function readArgv(argv: readonly string[], version: string, catalogue = CATALOGUE): CommandLine {
  let call: ProgramCall | undefined
  let printed = ''
  let complained = ''
  const set = (value: ProgramCall) => {
    call = value
  }
  const program = new Command('baton')
    .description(
      'Works through a Markdown to-do list with Claude Code, one task at a time, and asks you, on your phone, whenever it needs a decision.',
    )
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .commandsGroup(GROUPS.looking)
    .helpCommand(...HELP)
    .option('--home <dir>', 'the folder of config.yaml (default: the current one)')
    .option('--project <name>', 'which one of several projects (default: the first)')
    .addHelpText('after', examples('init', 'tasks today.md', 'approve 3', 'logs 3'))
    .configureHelp({
      showGlobalOptions: true,
      // In a list of commands, that each has options says nothing.
      subcommandTerm: (command) =>
        `${command.name()} ${command.usage().replace(/^\[options\] ?(\[command\])?/, '')}`.trim(),
    })
    .configureOutput({
      writeOut: (text) => {
        printed += text
      },
      writeErr: (text) => {
        complained += text
      },
    })
    .exitOverride()
  addRunning(program, set)
  addCommands(program, set, catalogue)
  addTask(program, set)
  addPlan(program, set)
  addInstances(program, set)
  addMachines(program, set)
  addWindows(program, set)
  addLooking(program, set)
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { call: { do: 'print', text: printed } }
    if (error.code === 'commander.help')
      throw batonError('usage', { message: withoutCommand(argv), hint: helpFor(program, argv) })
    throw batonError('usage', { message: complaint(complained || error.message), hint: helpFor(program, argv) })
  }
  return {
    call: call ?? { do: 'print', text: program.helpInformation() },
    ...program.opts<Omit<CommandLine, 'call'>>(),
  }
}

/** How each list of commands offers their help. */
const HELP = ['help [command]', 'show the help of a command'] as const

/** Help is what commander shows where no command was meant. */
function withoutCommand(argv: readonly string[]): string {
  const [asked] = argv.includes('help') ? argv.slice(argv.indexOf('help') + 1) : []
  return asked === undefined ? 'A command is missing.' : `Unknown command '${asked}'`
}

/** `error: unknown option '--stauts'\n(Did you mean --status?)` → one line. */
const complaint = (text: string) =>
  text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/^./, (letter) => letter.toUpperCase())

/** The help that is meant: of the subcommand that was named, also of one below it, else of the program. */
function helpFor(program: Command, argv: readonly string[]): string {
  const named: string[] = []
  let at: Command | undefined = program
  for (let i = 0; at && i < argv.length; ) {
    const found: Command | undefined = at.commands.find((command) => argv.slice(i).includes(command.name()))
    if (!found) break
    named.push(found.name())
    i = argv.indexOf(found.name(), i) + 1
    at = found
  }
  return `See baton ${[...named, '--help'].join(' ')}.`
}

type Set = (call: ProgramCall) => void

function addRunning(program: Command, set: Set): void {
  program
    .command('tasks')
    .helpGroup(GROUPS.working)
    .addHelpText('after', examples('tasks', 'tasks today.md --only 1,3', 'tasks --resume'))
    .description('work through task files from this terminal')
    .argument('[file...]', 'task files (default: the ones of config.yaml)')
    .option('--task-file <file>', 'the same as naming the file', collect)
    .option('--auto-approve', 'ask for no approvals; tools that Claude requests are granted and recorded')
    .option('--resume', 'continue the run that was interrupted, stopped or is waiting')
    .option('--all', 'include tasks that are already done')
    .option('--only <numbers>', 'only these tasks: 1,3 or 2-5', readNumbers)
    .option('--dry-run', 'show what would run, start nothing')
    .option('--status', 'show what is running, waiting and done')
    .option('--on <machine>', 'hand the run to another machine: any, a name, or label:gpu', readMachine)
    .option('--json', 'one JSON object a line')
    .action((named: string[], options: TasksOptions) => {
      const { taskFile = [], only, on } = options
      const { status, autoApprove, resume, all, dryRun, json } = switches(options)
      if (status) return set({ do: 'status', json })
      const files = [...named, ...taskFile]
      if (resume && (all || only !== undefined || dryRun)) {
        throw batonError('usage', {
          message:
            '--resume continues the run as it was started; --all, --only and --dry-run cannot be combined with it.',
        })
      }
      if (on !== undefined && (resume || dryRun))
        throw batonError('usage', {
          message: '--on starts a run elsewhere; it cannot be combined with --resume or --dry-run.',
        })
      set({
        ...{ do: 'tasks', files, autoApprove, resume, all, dryRun, json },
        ...(only !== undefined && { only }),
        ...(on !== undefined && { on }),
      })
    })
  program
    .command('start')
    .helpGroup(GROUPS.working)
    .addHelpText('after', examples('start'))
    .description('start the daemon: bot, HTTP, dashboard, schedule; runs nothing until you start it')
    .action(() => set({ do: 'start' }))
  program
    .command('demo')
    .helpGroup(GROUPS.setUp)
    .addHelpText('after', examples('demo'))
    .description('try the whole flow with a scripted stand-in for Claude: no account, no network')
    .action(() => set({ do: 'demo' }))
}

function addTask(program: Command, set: Set): void {
  const task = program
    .command('task')
    .helpGroup(GROUPS.files)
    .commandsGroup('Commands:')
    .helpCommand(...HELP)
    .description('create, list and show tasks')
    .addHelpText('after', examples('task create "Fix the footer"', 'task list', 'task show 3'))
  task
    .command('create')
    .description('write a task into a task file')
    .argument('<title>', 'what should be done')
    .option('--branch <branch>', 'the git branch for its work')
    .option('--file <file>', 'which task file (default: the last of config.yaml, or a new one)')
    .option('--depends-on <numbers>', 'tasks that must be done first: 1,2', readNumbers)
    .option('--start', 'start it now')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', examples('task create "Fix the footer" --depends-on 1,2 --start'))
    .action((title: string, { branch, file, dependsOn, start = false, json = false }) =>
      set({
        ...{ do: 'task', what: 'create', title, start, json },
        ...(branch !== undefined && { branch }),
        ...(file !== undefined && { file }),
        ...(dependsOn !== undefined && { dependsOn }),
      }),
    )
  task
    .command('list')
    .description('list the tasks in the task files with their state')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', examples('task list'))
    .action(({ json = false }) => set({ do: 'task', what: 'list', json }))
  task
    .command('show')
    .description('show one task: its state, file and instruction')
    .argument('<task>', 'its number', readNumber)
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('task show 3'))
    .action((number: number, { json = false }) => set({ do: 'task', what: 'show', task: number, json }))
}

function addPlan(program: Command, set: Set): void {
  program
    .command('plan')
    .helpGroup(GROUPS.files)
    .description(describe('plan'))
    .argument('[words...]', "what should be done (default: today's note, daily/YYYY-MM-DD.md)")
    .option('--note <file>', 'make it from this note')
    .option('--save', 'write it into a new task file')
    .option('--start', 'the same, and start it')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('plan "Add a login page, with tests"', 'plan --note daily/ideas.md --save'))
    .action((words: string[], { note, save = false, start = false, json = false }) =>
      set({ do: 'plan', words: words.join(' ').trim(), save, start, json, ...(note !== undefined && { note }) }),
    )
}

function addInstances(program: Command, set: Set): void {
  const instance = program
    .command('instance')
    .helpGroup(GROUPS.looking)
    .commandsGroup('Commands:')
    .helpCommand(...HELP)
    .description('list, start and stop the processes that work on tasks')
    .addHelpText('after', examples('instance list', 'instance spawn --task 3', 'instance stop 3'))
  instance
    .command('list')
    .description('list them with their lane, process, cost, memory and activity')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('instance list --json'))
    .action(({ json = false }) => set({ do: 'instance', what: 'list', json }))
  instance
    .command('spawn')
    .description('start one task now, or next if every lane is busy')
    .requiredOption('--task <task>', 'its number', readNumber)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', examples('instance spawn --task 3'))
    .action(({ task, json = false }) => set({ do: 'instance', what: 'spawn', task, json }))
  instance
    .command('stop')
    .description('stop one task; its changes stay, and retry starts it again')
    .argument('<task>', 'its number', readNumber)
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('instance stop 3'))
    .action((task: number, { json = false }) => set({ do: 'instance', what: 'stop', task, json }))
}

function addMachines(program: Command, set: Set): void {
  const machine = program
    .command('machine')
    .helpGroup(GROUPS.looking)
    .commandsGroup('Commands:')
    .helpCommand(...HELP)
    .description('see the machines that share runs')
    .addHelpText('after', examples('machine list'))
  machine
    .command('list')
    .description('list the machines with their labels and runs, and the runs that wait for one')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('machine list --json'))
    .action(({ json = false }) => set({ do: 'machine', what: 'list', json }))
}

/** `--run`, where it was given. */
interface RunOption {
  run?: string
}

function addWindows(program: Command, set: Set): void {
  program
    .command('attach')
    .helpGroup(GROUPS.looking)
    .description('follow a running task in tmux, read only; without tmux its log')
    .argument('<task>', 'its number', readNumber)
    .option(RUN_OPTION, RUN_HELP)
    .addHelpText('after', examples('attach 3'))
    .action((task: number, options: RunOption) => set({ do: 'attach', task, ...options }))
  program
    .command('takeover')
    .helpGroup(GROUPS.steering)
    .description(describe('takeover'))
    .argument('[task]', 'its number (default: the one that is running)', readNumber)
    .addHelpText('after', exampleOf('takeover'))
    .action((task?: number) => set({ do: 'takeover', ...(task !== undefined && { task }) }))
}

function addLooking(program: Command, set: Set): void {
  program
    .command('web')
    .helpGroup(GROUPS.looking)
    .description('open the dashboard of the running daemon')
    .addArgument(new Argument('[start]', 'start the daemon first if it is not running').choices(['start']))
    .addHelpText('after', examples('web', 'web start'))
    .action((word?: string) => set({ do: 'web', start: word === 'start' }))
  program
    .command('github')
    .helpGroup(GROUPS.working)
    .description('take up labeled issues on GitHub and work on them, until Ctrl-C')
    .option('--once', 'look once, and end when that work is done')
    .option('--json', 'events as lines of JSON')
    .addHelpText('after', examples('github', 'github --once'))
    .action(({ once = false, json = false }) => set({ do: 'github', once, json }))
  program
    .command('status')
    .helpGroup(GROUPS.looking)
    .description(describe('status'))
    .option('--json', 'one JSON object')
    .addHelpText('after', exampleOf('status'))
    .action(({ json = false }) => set({ do: 'status', json }))
  program
    .command('logs')
    .helpGroup(GROUPS.looking)
    .description(describe('logs'))
    .addHelpText('after', exampleOf('logs'))
    .argument('[task]', 'its number (default: the current or last one)', readNumber)
    .option('-n, --lines <count>', 'how many lines (default: 50)', readNumber)
    .option('-f, --follow', 'keep printing new lines until the task ends')
    .option(RUN_OPTION, RUN_HELP)
    .action((task: number | undefined, { lines = 50, follow = false, ...options }) =>
      set({ do: 'logs', lines, ...(follow && { follow: true }), ...(task !== undefined && { task }), ...options }),
    )
  program
    .command('diff')
    .helpGroup(GROUPS.looking)
    .description(describe('diff'))
    .addHelpText('after', exampleOf('diff'))
    .argument('[task]', 'its number (default: the last one that changed something)', readNumber)
    .option(RUN_OPTION, RUN_HELP)
    .action((task: number | undefined, options: RunOption) =>
      set({ do: 'diff', ...(task !== undefined && { task }), ...options }),
    )
  program
    .command('check')
    .helpGroup(GROUPS.files)
    .addHelpText('after', examples('check', 'check today.md'))
    .description('read task files, list every problem, run nothing')
    .argument('[file...]', 'task files (default: the ones of config.yaml)')
    .option('--task-file <file>', 'the same as naming the file', collect)
    .action((named: string[], { taskFile = [] }) => set({ do: 'check', files: [...named, ...taskFile] }))
  program
    .command('doctor')
    .helpGroup(GROUPS.setUp)
    .addHelpText('after', examples('doctor'))
    .description('check that everything is set up: node, claude and its login, git, token, config')
    .option('--json', 'one JSON object')
    .action(({ json = false }) => set({ do: 'doctor', json }))
  program
    .command('init')
    .helpGroup(GROUPS.setUp)
    .addHelpText('after', examples('init', 'init --yes --token 123456:ABC --users 4711'))
    .description('create config.yaml and .env, asking for what is needed')
    .option('--token <token>', "the bot's token")
    .option('--users <ids>', 'who may use it: numeric Telegram ids, comma-separated')
    .option('--discord', 'set up a bot on Discord, too')
    .option('--slack', 'set up an app on Slack, too')
    .option('--yes', 'ask nothing: use the options and the defaults')
    .option('--service', "keep the daemon running with this machine's service manager")
    .option('--no-service', 'do not do that')
    .action((flags: InitFlags) => set({ do: 'init', flags }))
  program
    .command('backup')
    .helpGroup(GROUPS.setUp)
    .addHelpText('after', examples('backup ~/baton-backup.db'))
    .description('copy the state to a file while everything keeps running')
    .argument('<file>')
    .action((file: string) => set({ do: 'backup', file }))
}

/** Whom a run is for. */
function readMachine(written: string): string {
  if (isMachineTarget(written)) return written
  throw new InvalidArgumentError('Expected any, the name of a machine, or label:NAME.')
}

interface TasksOptions {
  taskFile?: string[]
  on?: string
  only?: number[]
  [name: string]: unknown
}

/** What was not given is off. */
const switches = (given: Record<string, unknown>) => ({
  status: given.status === true,
  autoApprove: given.autoApprove === true,
  resume: given.resume === true,
  all: given.all === true,
  dryRun: given.dryRun === true,
  json: given.json === true,
})

const collect = (value: string, before: string[] = []) => [...before, value]
