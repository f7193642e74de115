import { resolve } from 'node:path'
import type { ProgramCall } from './commands/argv/call.ts'
import type { CommandLine } from './commands/argv/read-argv.ts'
import { callerOfCommand } from './commands/shell/caller.ts'
import type { Shell } from './commands/shell/shell.ts'
import { programFolder } from './program-folder.ts'
import { callName } from './terminal/show/how-to.ts'
import { version } from './version.ts'

/**
 * The program: reads the command line, does that one thing and sets the exit code. Each command loads only what it needs,
 * so that a look at the status is there at once.
 */
export async function main(argv: string[]): Promise<void> {
  const outside = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env }
  ignoreClosedPipes(outside.stdout, outside.stderr)
  let line: Partial<CommandLine> = {}
  try {
    const read = quickLook(argv) ?? (await import('./commands/argv/read-argv.ts')).readArgv(argv, version())
    line = read
    process.exitCode = await run(read.call, shellOf(outside, read))
  } catch (error) {
    const { reportError } = await import('./commands/shell/report-error.ts')
    process.exitCode = await reportError(shellOf(outside, line), error, wantsJson(argv))
  }
}

/** Also when the line cannot be read: who asked for JSON is answered in JSON. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

/** A bare look at the status, the command that is called most and by scripts, needs no parser. */
function quickLook([first, ...rest]: string[]): CommandLine | undefined {
  if (first !== 'status' && first !== 'tasks') return undefined
  let isStatus = first === 'status'
  let json = false
  let home: string | undefined
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]
    if (word === '--json') json = true
    else if (word === '--status' && first === 'tasks') isStatus = true
    else if (word === '--home' && rest[i + 1] !== undefined) home = rest[++i]
    else return undefined
  }
  return isStatus ? { call: { do: 'status', json }, ...(home !== undefined && { home }) } : undefined
}

function shellOf(
  outside: Pick<Shell, 'stdin' | 'stdout' | 'stderr' | 'env'>,
  { home, project }: Partial<CommandLine>,
): Shell {
  return {
    ...outside,
    home: resolve(home ?? '.'),
    cwd: process.cwd(),
    ...(project !== undefined && { project }),
    call: callName(outside.env, home, project),
    actor: callerOfCommand(outside.env),
    version: version(),
    now: Date.now,
  }
}

/** The reader of our output may leave (`| head`); the work continues. */
function ignoreClosedPipes(...streams: NodeJS.WriteStream[]): void {
  for (const stream of streams) stream.on('error', () => undefined)
}

async function run(call: ProgramCall, shell: Shell): Promise<number> {
  if (call.do !== 'print') await (await import('./commands/state/refuse-inside.ts')).refuseInside(shell)
  switch (call.do) {
    case 'print':
      shell.stdout.write(call.text)
      return 0
    case 'status':
      return (await import('./commands/status.ts')).showStatus(shell, call)
    case 'tasks':
      return (await import('./commands/tasks.ts')).runTasks(shell, call)
    case 'command':
      return (await import('./commands/do-command.ts')).doCommand(shell, call)
    case 'task':
      return (await import('./commands/task.ts')).doTask(shell, call)
    case 'instance':
      return (await import('./commands/instance.ts')).doInstance(shell, call)
    case 'plan':
      return (await import('./commands/draft-plan.ts')).draftPlan(shell, call)
    case 'github':
      return (await import('./commands/github.ts')).workOnIssues(shell, call)
    case 'web':
      return (await import('./commands/web.ts')).openDashboard(shell, call, programFolder())
    case 'attach':
      return (await import('./commands/window/attach.ts')).attachTask(shell, call, programFolder())
    case 'takeover':
      return (await import('./commands/window/takeover.ts')).takeOverTask(shell, call)
    case 'logs':
      return (await import('./commands/logs.ts')).showLogs(shell, call)
    case 'diff':
      return (await import('./commands/diff.ts')).showDiff(shell, call)
    case 'check':
      return (await import('./commands/check.ts')).checkFiles(shell, call.files)
    case 'backup':
      return (await import('./commands/backup.ts')).backUp(shell, call.file)
    case 'doctor':
      return (await import('./commands/doctor.ts')).showDoctor(shell, call)
    case 'demo':
      return (await import('./commands/demo.ts')).runDemo(shell, programFolder())
    case 'start':
      return (await import('./commands/start.ts')).runDaemon(shell)
    case 'init':
      return (await import('./commands/init.ts')).setUp(shell, programFolder(), call.flags)
  }
}
