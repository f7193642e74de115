/**
 * Runs a command with the pinned version of Claude Code at hand: `node scripts/with-claude.ts vitest run …`. It is no
 * dependency of the project: npx keeps it in its own cache. The command finds its path in `BATON_TEST_CLAUDE`.
 */
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = '@anthropic-ai/claude-code@2.1.330'
const INSIDE = '--inside-npx'

const [first, ...rest] = process.argv.slice(2)
if (first === undefined) {
  process.stderr.write('Usage: node scripts/with-claude.ts COMMAND [ARGUMENT…]\n')
  process.exitCode = 2
} else if (first === INSIDE) {
  const claude = findOnPath('claude')
  if (claude === undefined) throw new Error(`npx brought ${PACKAGE}, but there is no "claude" on PATH`)
  run(rest, { ...process.env, BATON_TEST_CLAUDE: claude })
} else if (process.env.BATON_TEST_CLAUDE) {
  run([first, ...rest], process.env)
} else {
  const self = [process.execPath, fileURLToPath(import.meta.url), INSIDE]
  run(['npx', '--yes', `--package=${PACKAGE}`, '--', ...self, first, ...rest], process.env)
}

/** Ends as the command ends. */
function run([file = '', ...args]: string[], env: NodeJS.ProcessEnv): void {
  const child = spawn(file, args, { stdio: 'inherit', env })
  child.on('error', (error) => {
    process.stderr.write(`${file} could not be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1
    if (signal !== null) process.stderr.write(`${file} was ended by ${signal}\n`)
  })
}

function findOnPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
