import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { record, text } from '../stream/json-shape.ts'

const PATIENCE_MS = 5_000

/**
 * The process that has a session open, as Claude itself tells (`claude agents --json`): two at once give no error, and the turns
 * of one of them are lost. Undefined: nobody has it, or this program does not tell.
 */
export async function sessionInUse(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  sessionId: string,
): Promise<number | undefined> {
  const [program = '', ...words] = command
  // What is started by other words may be anything, and take these for a task.
  if (words.length > 0 || !basename(program).includes('claude')) return undefined
  const printed = await new Promise<string>((resolve) => {
    const child = execFile(program, ['agents', '--json'], { env, timeout: PATIENCE_MS }, (_, stdout) => resolve(stdout))
    child.stdin?.end()
    child.on('error', () => resolve(''))
  })
  return holderIn(printed, sessionId)
}

/** The pid of who has the session, in what Claude prints. */
function holderIn(printed: string, sessionId: string): number | undefined {
  try {
    const all: unknown = JSON.parse(printed)
    const holder = (Array.isArray(all) ? all : []).map(record).find((one) => text(one?.sessionId) === sessionId)
    return typeof holder?.pid === 'number' ? holder.pid : undefined
  } catch {
    return undefined
  }
}
