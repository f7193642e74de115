import { plural } from '../text/amounts.ts'

/** Exit codes of the program, as the outside relies on them. */
export const EXIT = { done: 0, failed: 1, refused: 2, unfinished: 3, interrupted: 130 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface Explanation {
  /** What happened. */
  title: string
  /** What to do about it. */
  hint?: string
  exitCode: ExitCode
}

/** Every refusal says what to do next. */
const refused = (title: string, hint: string): Explanation => ({ title, hint, exitCode: EXIT.refused })

/** `1-3, 7` */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else runs.push([number, number])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}

/** Everything that can go wrong and that a person can do something about. Code → what happened, what to do. */
export const ERROR_CATALOGUE = {
  // ── How it was called ──
  usage: ({ message, hint = 'See baton --help.' }: { message: string; hint?: string }) => refused(message, hint),
  'not-a-choice': ({ option, value, nearest }: { option: string; value: string; nearest?: string | undefined }) =>
    refused(`${option} cannot be "${value}".`, nearest ? `Did you mean "${nearest}"?` : 'See baton --help.'),

  'inside-attempt': ({ by }: { by: string }) =>
    refused(
      'This was called from inside a task that Baton is running; such commands are refused.',
      `Run it in your own terminal${by === 'brand' ? ' (one with the usual ulimit -Hq)' : ''}, or use the phone or the dashboard.`,
    ),

  // ── What it was given ──
  'config-invalid': ({ problems, count }: { problems: string; count: number }) =>
    refused(
      `${problems}\n${plural(count, 'problem')} in the configuration; nothing was started.`,
      'Correct config.yaml (or .env), then check it with: baton doctor (npm run doctor in a clone)',
    ),
  'no-such-home': ({ folder }: { folder: string }) =>
    refused(`There is no folder ${folder}.`, 'Name the folder that holds config.yaml with --home.'),
  'task-files-invalid': ({ problems, count }: { problems: string; count: number }) =>
    refused(
      `${problems}\n${plural(count, 'problem')} in the task files; nothing was started.`,
      `Correct ${count === 1 ? 'it' : 'them'}, then check again with: baton check (npm run check in a clone)`,
    ),
  'no-task-files': ({ patterns, home }: { patterns: string[]; home: string }) =>
    refused(
      `No task file matches ${patterns.join(', ')} in ${home}.`,
      'Create one (baton task create "What should be done"), name one, or go to the folder of config.yaml or name it with --home.',
    ),
  'no-tasks': ({ files }: { files: string[] }) =>
    refused(
      `There is no task in ${files.join(', ')}.`,
      'A task is a "## Task 1: …" heading with a **Claude Instruction:** below it, or an open check box.',
    ),
  'no-such-file': ({ path, nearest }: { path: string; nearest?: string | undefined }) =>
    refused(
      `There is no file ${path}.`,
      nearest ? `Did you mean ${nearest}?` : 'Give the path from this folder, or list the task files with: baton check',
    ),
  'file-is-folder': ({ path }: { path: string }) =>
    refused(`${path} is a folder.`, `Name the files in it: ${path.replace(/\/$/, '')}/*.md`),
  'file-unreadable': ({ path, cause }: { path: string; cause: string }) =>
    refused(`${path} cannot be read: ${cause}.`, 'Check that it is a text file that you may read (ls -l).'),
  'not-allowed': ({ path }: { path: string }) =>
    refused(`${path}: permission denied.`, 'Check who may read and write there (ls -l).'),
  'file-too-large': ({ path, bytes, limit }: { path: string; bytes: number; limit: number }) =>
    refused(
      `${path} is ${megabytes(bytes)} MB; a task file can be at most ${megabytes(limit)} MB.`,
      'Is it the right file?',
    ),
  'no-such-task': ({ task, known }: { task: number; known: readonly number[] }) =>
    refused(
      `There is no task ${task}.`,
      known.length === 0 ? 'Nothing has run here yet.' : `The latest run has ${ranges(known)}; --status lists them.`,
    ),
  'no-such-project': ({ name, known }: { name: string; known: string[] }) =>
    refused(`There is no project "${name}".`, `Known: ${known.join(', ')}.`),

  // ── What it needs ──
  'project-missing': ({ path }: { path: string }) =>
    refused(
      `The project folder ${path} does not exist.`,
      'Set project: in config.yaml to the folder that Claude should work in.',
    ),
  'project-not-folder': ({ path }: { path: string }) =>
    refused(`The project ${path} is not a folder.`, 'Set project: in config.yaml.'),
  'claude-missing': ({ problem }: { problem: string }) =>
    refused(
      problem,
      'Install it with: npm install -g @anthropic-ai/claude-code – or set claude.command in config.yaml.',
    ),
  'claude-too-old': ({ version, needed }: { version: string; needed: string }) =>
    refused(`Claude Code ${version} is too old; Baton needs ${needed} or newer.`, 'Update it with: claude update'),
  'claude-logged-out': () =>
    refused(
      'Claude Code is not logged in.',
      'Start claude once and log in, or set ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN.',
    ),
  'claude-unusable': ({ command, problem }: { command: string; problem: string }) =>
    refused(
      `Claude Code cannot be used (${command}): ${problem}`,
      'baton doctor (npm run doctor in a clone) shows more.',
    ),
  'no-sandbox': ({ problem }: { problem: string }) =>
    refused(
      `claude.sandbox is on, but no sandbox is available here: ${problem}.`,
      'Fix that, or set claude.sandbox: off in config.yaml.',
    ),
  'git-missing': () => refused('git was not found.', 'Install it: https://git-scm.com/downloads'),
  'folder-unwritable': ({ what, path, cause }: { what: string; path: string; cause: string }) =>
    refused(
      `The folder for ${what}, ${path}, cannot be written: ${cause === 'EROFS' ? 'the disk is read-only' : cause}.`,
      cause === 'EROFS'
        ? 'Mount the disk as writable, or set another folder in config.yaml.'
        : 'Give yourself write permission there, or set another folder in config.yaml.',
    ),
  'state-gone': ({ path }: { path: string }): Explanation => ({
    title: `The state in ${path} was removed while Baton was running.`,
    hint: 'Restore a backup, or start over: what is done is marked in the task files.',
    exitCode: EXIT.failed,
  }),
  'no-backup': ({ file, cause }: { file: string; cause: string }) =>
    refused(`The state cannot be copied to ${file}: ${cause}.`, 'Name a new file in a folder you can write to.'),
  'disk-full': ({ path }: { path: string }) =>
    refused(
      `No space left on the disk of ${path}.`,
      'Free some space and start again; nothing that was stored is lost.',
    ),

  // ── One at a time ──
  'already-running': ({ pid, since, kind }: { pid: number; since: string; kind: string }) =>
    refused(
      `Baton is already running here: ${kind}, process ${pid}, since ${since}.`,
      'Follow it with --status, stop it, or give this one its own state folder (state: in config.yaml).',
    ),
  'not-running': () =>
    refused(
      'No daemon is running here.',
      'Start it with baton start, or work from the terminal with baton tasks (npm start and npm run tasks in a clone).',
    ),
  /** Their words say what to do. */
  'newer-database': ({ message }: { message: string }): Explanation => ({ title: message, exitCode: EXIT.refused }),
  'not-a-database': ({ message }: { message: string }) =>
    refused(message, 'Restore a backup (baton backup FILE makes one), or move the file away to start over.'),
  'no-access': ({ message }: { message: string }) =>
    refused(message, 'Check that the state folder (state: in config.yaml) is writable.'),

  'state-lost': ({ message }: { message: string }): Explanation => ({ title: message, exitCode: EXIT.refused }),

  // ── Addresses ──
  'port-taken': ({ host, port }: { host: string; port: number }) =>
    refused(
      `Another program already listens on ${host}:${port}.`,
      'Set another http.port in config.yaml (or PORT), or http.enabled: false.',
    ),
  'address-unusable': ({ host, port, cause }: { host: string; port: number; cause: string }) =>
    refused(`Cannot listen on ${host}:${port}: ${cause}.`, 'Set http.host and http.port in config.yaml.'),
  'exposed-without-token': ({ host }: { host: string }) =>
    refused(
      `http would listen on ${host}, which others can reach, but API_TOKEN is not set.`,
      'Set API_TOKEN in .env (openssl rand -hex 24), or leave the host at 127.0.0.1.',
    ),
  'token-refused': () =>
    refused(
      'Telegram does not know TELEGRAM_BOT_TOKEN.',
      'Take it from @BotFather again (/mybots, API Token), or run baton init.',
    ),

  // ── Commands ──
  'no-such-ask': ({ what }: { what: string }) => refused(`Nothing is waiting for ${what}.`, 'See --status.'),
  'which-ask': ({ choices }: { choices: string[] }) =>
    refused('Several decisions are waiting for you.', `Name its task: ${choices.join(', ')}.`),
  'ask-closed': ({ how }: { how: string }) =>
    refused(`That was already decided: ${how}.`, 'See what is waiting with: baton status'),
  'needs-yes': ({ what }: { what: string }) => refused(`${what} needs a confirmation.`, 'Confirm with --yes.'),

  // ── Ends that are not failures of Baton ──
  'nobody-answers': ({ asks }: { asks: string }) => ({
    title: asks,
    hint: 'Answer with baton approve, reject or answer, then continue with --resume.',
    exitCode: EXIT.unfinished,
  }),
  interrupted: () => ({ title: 'Interrupted.', hint: 'Continue with --resume.', exitCode: EXIT.interrupted }),
} satisfies Record<string, (data: never) => Explanation>

export type ErrorCode = keyof typeof ERROR_CATALOGUE

export type ErrorData<C extends ErrorCode> = Parameters<(typeof ERROR_CATALOGUE)[C]>[0]

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1).replace(/\.0$/, '')
