import { resolve } from 'node:path'
import { callName } from '../../terminal/show/how-to.ts'
import type { ProgramCall } from '../argv/call.ts'
import type { CommandLine } from '../argv/read-argv.ts'
import { callerOfCommand } from './caller.ts'
import type { Shell } from './shell.ts'

/** Reads a command line, does that one thing and sets the exit code; what goes wrong is said. */
export async function runCommandLine(
  argv: string[],
  version: string,
  read: () => CommandLine | Promise<CommandLine>,
  run: (call: ProgramCall, shell: Shell) => Promise<number>,
): Promise<void> {
  const outside = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env }
  ignoreClosedPipes(outside.stdout, outside.stderr)
  let line: Partial<CommandLine> = {}
  try {
    const known = await read()
    line = known
    process.exitCode = await run(known.call, shellOf(outside, known, version))
  } catch (error) {
    const { reportError } = await import('./report-error.ts')
    process.exitCode = await reportError(shellOf(outside, line, version), error, wantsJson(argv))
  }
}

/** Also when the line cannot be read: who asked for JSON is answered in JSON. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

function shellOf(
  outside: Pick<Shell, 'stdin' | 'stdout' | 'stderr' | 'env'>,
  { home, project }: Partial<CommandLine>,
  version: string,
): Shell {
  return {
    ...outside,
    home: resolve(home ?? '.'),
    cwd: process.cwd(),
    ...(project !== undefined && { project }),
    call: callName(outside.env, home, project),
    actor: callerOfCommand(outside.env),
    version,
    now: Date.now,
  }
}

/** The reader of our output may leave (`| head`); the work continues. */
function ignoreClosedPipes(...streams: NodeJS.WriteStream[]): void {
  for (const stream of streams) stream.on('error', () => undefined)
}
