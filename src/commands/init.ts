import { homedir } from 'node:os'
import { join } from 'node:path'
import { claudeEnvironment } from '../claude/process/environment.ts'
import { runProgram } from '../doctor/run-program.ts'
import { getMe } from '../doctor/telegram.ts'
import type { InitFlags } from '../init/flags.ts'
import { runInit } from '../init/init.ts'
import { callText } from '../terminal/show/how-to.ts'
import type { Shell } from './shell/shell.ts'

/** Sets up a home: the bot, who may use it, the files, and a service if wanted. `root` is the folder of this program. */
export function setUp(shell: Shell, root: string, flags: InitFlags): Promise<number> {
  const { env, home, stdin, stdout } = shell
  return runInit({
    flags,
    env,
    input: stdin,
    output: stdout,
    getMe: (token, apiRoot) => getMe(token, apiRoot, fetch),
    fetch,
    run: (program, args) => runProgram(program, args, home),
    platform: process.platform,
    userHome: homedir(),
    place: {
      node: process.execPath,
      program: join(root, 'bin', 'baton.js'),
      home,
      // What npm puts in front of it is Baton's own and not the user's.
      path: claudeEnvironment(env).PATH ?? '/usr/local/bin:/usr/bin:/bin',
    },
    call: (subcommand) => callText(env, subcommand),
  })
}
