import type { Actor } from '../../core/types.ts'
import type { CallName } from '../../terminal/show/how-to.ts'

/** The process and its surroundings, as commands see them. */
export interface Shell {
  /** The folder of config.yaml; absolute. */
  home: string
  /** Which one of several projects; absent: the first. */
  project?: string
  /** Where the person stands: names of files are seen from here first. */
  cwd: string
  env: NodeJS.ProcessEnv
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  call: CallName
  actor: Actor
  version: string
  now: () => number
}

/** A person is there: they see what is written and can type. */
export function isAttended({ stdin, stdout }: Pick<Shell, 'stdin' | 'stdout'>): boolean {
  return stdin.isTTY === true && stdout.isTTY === true
}

/** The terminal can be drawn on. */
export function canDraw(shell: Pick<Shell, 'stdin' | 'stdout' | 'env'>): boolean {
  return isAttended(shell) && shell.env.TERM !== 'dumb'
}

/** A line for people, beside the output. */
export function diagnose({ stderr }: Pick<Shell, 'stderr'>, text: string): void {
  stderr.write(`${text}\n`)
}
