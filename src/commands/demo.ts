import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoAnswerer } from '../terminal/demo-answers.ts'
import { callName } from '../terminal/show/how-to.ts'
import { isAttended, type Shell } from './shell/shell.ts'
import { runTasks } from './tasks.ts'

/** Long enough to be read, short enough for a demo. */
const THINKING_MS = 1_200

/**
 * Shows the whole flow in a scratch folder, with the rehearsal agent in Claude's place. `root` is the folder of this
 * program. At a terminal the person answers; elsewhere the demo answers itself.
 */
export async function runDemo(shell: Shell, root: string): Promise<number> {
  const home = scratchFolder(root)
  const { stdout, env } = shell
  stdout.write('Demo: a scripted stand-in plays Claude. No account, no network; your files are not touched.\n')
  stdout.write(`Working in ${home}; look at it afterwards and delete it when you like.\n\n`)
  const demo: Shell = {
    ...shell,
    home,
    cwd: home,
    // The actor's sessions stay in the scratch folder, too.
    env: { ...env, CLAUDE_CONFIG_DIR: join(home, '.baton', 'rehearsal'), INIT_CWD: home },
    call: callName(env, home),
  }
  const attended = isAttended(shell)
  const exitCode = await runTasks(
    demo,
    { files: ['demo-tasks.md'], autoApprove: false, resume: false, all: false, dryRun: false, json: false },
    attended ? {} : { answerer: demoAnswerer(THINKING_MS) },
  )
  stdout.write(`\nThe result is in ${home}, the logs are in ${join(home, 'logs')}.\n`)
  return exitCode
}

function scratchFolder(root: string): string {
  const home = mkdtempSync(join(tmpdir(), 'baton-demo-'))
  copyFileSync(join(root, 'examples', 'demo-tasks.md'), join(home, 'demo-tasks.md'))
  mkdirSync(join(home, 'logs'))
  const command = JSON.stringify([process.execPath, join(root, 'bin', 'rehearsal.js')])
  writeFileSync(
    join(home, 'config.yaml'),
    `# For the demo: the rehearsal agent instead of Claude.\nclaude:\n  command: ${command}\n`,
  )
  writeFileSync(join(home, '.gitignore'), '.baton/\nlogs/\nconfig.yaml\n')
  makeRepository(home)
  return home
}

/** With git there is a diff and an undo to try; without, the rest of the demo works as well. */
function makeRepository(home: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: home, stdio: 'ignore' })
  try {
    git('init', '--quiet')
    git('add', '.')
    git('-c', 'user.name=Baton demo', '-c', 'user.email=demo@localhost', 'commit', '--quiet', '-m', 'Before the demo')
  } catch {
    // No git here.
  }
}
