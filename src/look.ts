import type { CommandLine } from './commands/argv/read-argv.ts'
import { runCommandLine } from './commands/shell/program.ts'
import { refuseInside } from './commands/state/refuse-inside.ts'
import { showStatus } from './commands/status.ts'
import { version } from './version.ts'

/**
 * A bare look at the status, the command that is called most and by scripts: a program of its own, so that nothing is loaded, and
 * in a clone nothing looked at, that it does not need. False where the line says more, which is for `main`.
 */
export async function lookAtStatus(argv: string[]): Promise<boolean> {
  const line = quickLook(argv)
  if (!line) return false
  await runCommandLine(
    argv,
    version(),
    () => line,
    async (_, shell) => {
      await refuseInside(shell)
      return showStatus(shell, line.call)
    },
  )
  return true
}

function quickLook([first, ...rest]: string[]): (CommandLine & { call: { do: 'status'; json: boolean } }) | undefined {
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
