import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { Wish } from '../daemon/wishes.ts'
import { batonError } from '../errors.ts'
import type { InitFlags } from '../init/flags.ts'
import type { Call } from './call.ts'

/** Reads the command line. Throws BatonError `usage` with one line that names what was probably meant. */
export function readArgv(argv: readonly string[], version: string): { call: Call; home?: string } {
  let call: Call | undefined
  let printed = ''
  let complained = ''
  const set = (value: Call) => {
    call = value
  }
  const program = new Command('baton')
    .description(
      'Works through a Markdown to-do list with Claude Code, one task at a time, and asks you, on your phone, whenever it needs a decision.',
    )
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .option('--home <dir>', 'the folder of config.yaml (default: the current one)')
    .configureHelp({ showGlobalOptions: true })
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
  addActs(program, set)
  addLooking(program, set)
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { call: { do: 'print', text: printed } }
    if (error.code === 'commander.help') throw batonError('usage', { message: 'Say what to do.' })
    throw batonError('usage', { message: complaint(complained || error.message) })
  }
  const { home } = program.opts<{ home?: string }>()
  return { call: call ?? { do: 'print', text: program.helpInformation() }, ...(home !== undefined && { home }) }
}

/** `error: unknown option '--stauts'\n(Did you mean --status?)` → one line. */
const complaint = (text: string) =>
  text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/^./, (letter) => letter.toUpperCase())

type Set = (call: Call) => void

function addRunning(program: Command, set: Set): void {
  program
    .command('tasks')
    .description('work through task files from this terminal')
    .argument('[file...]', 'task files (default: the ones of config.yaml)')
    .option('--task-file <file>', 'the same as naming the file', collect)
    .option('--auto-approve', 'ask for no approval; tools that Claude wants are granted and recorded')
    .option('--resume', 'go on with the run that was interrupted, stopped or waits')
    .option('--all', 'also what is done already')
    .option('--only <numbers>', 'only these tasks: 1,3 or 2-5', readNumbers)
    .option('--dry-run', 'show what would be done, start nothing')
    .option('--status', 'show what runs, what waits and what is done')
    .option('--json', 'one JSON object a line')
    .action((named: string[], options: TasksOptions) => {
      const { taskFile = [], only } = options
      const { status, autoApprove, resume, all, dryRun, json } = switches(options)
      if (status) return set({ do: 'status', json })
      const files = [...named, ...taskFile]
      if (resume && (files.length > 0 || all || only !== undefined || dryRun)) {
        throw batonError('usage', {
          message:
            '--resume goes on with the run as it was begun; files, --all, --only and --dry-run have no place there.',
        })
      }
      set({ do: 'tasks', files, autoApprove, resume, all, dryRun, json, ...(only !== undefined && { only }) })
    })
  program
    .command('start')
    .description('the daemon: bot, HTTP, dashboard, schedule; runs nothing until told')
    .action(() => set({ do: 'start' }))
  program
    .command('demo')
    .description("the whole flow with a rehearsal agent in Claude's place: no account, no network")
    .action(() => set({ do: 'demo' }))
}

function addLooking(program: Command, set: Set): void {
  program
    .command('status')
    .description('what runs, what waits, what is done')
    .option('--json', 'one JSON object')
    .action(({ json = false }) => set({ do: 'status', json }))
  program
    .command('logs')
    .description('the end of the log of a task')
    .argument('[task]', 'its number (default: the one at work, or the last)', readNumber)
    .option('-n, --lines <count>', 'how many lines (default: 50)', readNumber)
    .action((task: number | undefined, { lines = 50 }) =>
      set({ do: 'logs', lines, ...(task !== undefined && { task }) }),
    )
  program
    .command('diff')
    .description('what a task changed')
    .argument('[task]', 'its number (default: the last that changed something)', readNumber)
    .action((task: number | undefined) => set({ do: 'diff', ...(task !== undefined && { task }) }))
  program
    .command('check')
    .description('read task files, list every problem, run nothing')
    .argument('[file...]', 'task files (default: the ones of config.yaml)')
    .option('--task-file <file>', 'the same as naming the file', collect)
    .action((named: string[], { taskFile = [] }) => set({ do: 'check', files: [...named, ...taskFile] }))
  program
    .command('doctor')
    .description('is everything there: node, claude and its login, git, token, config')
    .option('--json', 'one JSON object')
    .action(({ json = false }) => set({ do: 'doctor', json }))
  program
    .command('init')
    .description('write config.yaml and .env, asking for what is needed')
    .option('--token <token>', "the bot's token")
    .option('--users <ids>', 'who may use it: numeric Telegram ids, comma-separated')
    .option('--yes', 'ask nothing: take what the options say, and the defaults')
    .option('--service', 'keep the daemon running with the service manager of this machine')
    .option('--no-service', 'do not')
    .action((flags: InitFlags) => set({ do: 'init', flags }))
  program
    .command('backup')
    .description('copy the state into a file while everything goes on')
    .argument('<file>')
    .action((file: string) => set({ do: 'backup', file }))
}

function addActs(program: Command, set: Set): void {
  const act = (
    name: string,
    description: string,
    args: string,
    read: (words: string[], options: ActOptions) => Wish & { words?: string[] },
  ) =>
    program
      .command(name)
      .description(description)
      .argument(args)
      .option('--yes', 'do it without asking back')
      .option('--json', 'the reply as one JSON object')
      .action((given: string | string[] | undefined, options: ActOptions) => {
        const words = given === undefined ? [] : typeof given === 'string' ? [given] : given
        const { words: texts, ...wish } = read(words, options)
        set({ do: 'act', wish, yes: options.yes === true, json: options.json === true, ...(texts && { words: texts }) })
      })
  act('approve', 'say yes to what is asked', '[task]', ([task]) => ({ type: 'approve', target: target(task) }))
  act('reject', 'say no, with a reason', '[task and why...]', (words) => {
    const { task, text } = numbered(words)
    return { type: 'reject', target: target(task), ...(text !== '' && { text }) }
  })
  act('answer', 'answer a question in words, or with the number or label of an option', '<task and text...>', answer)
  act('pause', 'end the running step in an orderly way, and wait', '[when]', ([when]) => {
    if (when !== undefined && when !== 'after')
      throw batonError('usage', { message: `Pause "${when}"? It is pause, or pause after (the running task).` })
    return { type: 'pause', ...(when === 'after' && { afterTask: true }) }
  })
  act(
    'resume',
    'go on',
    '[nothing]',
    none(() => ({ type: 'resume' })),
  )
  act('skip', 'leave a task out', '[task and why...]', (words) => {
    const { task, text } = numbered(words)
    return { type: 'skip', ...(task !== undefined && { task: readNumber(task) }), ...(text !== '' && { why: text }) }
  })
  act('retry', 'try a task again', '[task]', ([task]) => ({
    type: 'retry',
    ...(task !== undefined && { task: readTask(task) }),
  }))
  act(
    'stop',
    'end the run; it can be continued',
    '[nothing]',
    none(() => ({ type: 'stop' })),
  )
  act('say', 'tell Claude something while it works', '<task and text...>', (words) => {
    const { task, text } = words.length > 1 ? numbered(words) : { task: undefined, text: words.join(' ') }
    if (text.trim() === '') throw batonError('usage', { message: 'Say what?' })
    return { type: 'say', text, ...(task !== undefined && { task: readTask(task) }) }
  })
  act('add', 'put a task at the end of a task file', '<text...>', (words, { file }) => ({
    type: 'add',
    text: words.join(' '),
    ...(file !== undefined && { file }),
  })).option('--file <file>', 'which task file (default: the first of config.yaml)')
  act('undo', 'bring back the files as they were before a task', '<task>', ([task]) => ({
    type: 'undo',
    task: readTask(task ?? ''),
  }))
}

interface TasksOptions {
  taskFile?: string[]
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

interface ActOptions {
  yes?: boolean
  json?: boolean
  file?: string
}

const none = (wish: () => Wish) => (words: string[]) => {
  if (words.length > 0) throw batonError('usage', { message: `"${words.join(' ')}" has no place here.` })
  return wish()
}

/** `answer 3 "Blue"` is about task 3; `answer 3` alone is the answer 3. */
function answer(words: string[]): Wish & { words: string[] } {
  const [first, ...rest] = words
  const isNumbered = rest.length > 0 && /^\d+$/.test(first ?? '')
  const texts = isNumbered ? rest : words
  return { type: 'words', target: target(isNumbered ? first : undefined), words: texts }
}

const target = (task: string | undefined) => (task === undefined ? {} : { task: readTask(task) })

/** A number at the beginning names the task, what follows are words. */
function numbered([first, ...rest]: string[]): { task?: string; text: string } {
  if (first !== undefined && /^\d+$/.test(first)) return { task: first, text: rest.join(' ') }
  return { text: [first, ...rest].filter((word) => word !== undefined).join(' ') }
}

function readTask(text: string): number {
  if (!/^\d+$/.test(text)) throw batonError('usage', { message: `A task is called by its number, not "${text}".` })
  return Number(text)
}

function readNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is not a number.')
  return Number(text)
}

function readNumbers(text: string): number[] {
  const numbers = text.split(',').flatMap((part) => {
    const [, from, to] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? []
    const [first, last] = [Number(from), Number(to ?? from)]
    if (from === undefined || first < 1 || last < first || last - first > 100_000) {
      throw new InvalidArgumentError('Write numbers of tasks, as in 1,3 or 2-5.')
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  return [...new Set(numbers)]
}

const collect = (value: string, before: string[] = []) => [...before, value]
