import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'

const BATON = fileURLToPath(new URL('../../bin/baton.js', import.meta.url))
const REHEARSAL = fileURLToPath(new URL('../../bin/rehearsal.js', import.meta.url))
const PATIENCE_MS = 15_000

/** A configuration with the rehearsal agent in Claude's place. */
export const REHEARSED = `claude:\n  command: ${JSON.stringify([process.execPath, REHEARSAL])}\n`

/** A home folder of its own, gone after the test. */
export interface Home {
  dir: string
  read: (name: string) => string
  write: (name: string, text: string | Buffer) => void
}

/** Makes a home with files; `config.yaml` has the rehearsal agent unless it is given. */
export function aHome(files: Record<string, string | Buffer>): Home {
  const dir = mkdtempSync(join(tmpdir(), 'baton-terminal-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  const home: Home = {
    dir,
    read: (name) => readFileSync(join(dir, name), 'utf8'),
    write: (name, text) => {
      mkdirSync(dirname(join(dir, name)), { recursive: true })
      writeFileSync(join(dir, name), text)
    },
  }
  for (const [name, text] of Object.entries({ 'config.yaml': REHEARSED, ...files })) home.write(name, text)
  return home
}

/** Task sections; each instruction is what the rehearsal agent acts out, fields go before it. */
export function tasks(...sections: (string | { fields: string; act: string })[]): string {
  const texts = sections.map((section, i) => {
    const { fields, act } = typeof section === 'string' ? { fields: '', act: section } : section
    const lines = act.split('\n').map((line) => `rehearse: ${line}`)
    return `## Task ${i + 1}: Part ${i + 1}\n${fields}**Claude Instruction:**\n${lines.join('\n')}\n`
  })
  return `# Tasks\n\n${texts.join('\n')}`
}

/** A started program: what it said so far, ways to talk to it, and its end. */
export interface Program {
  child: ChildProcessWithoutNullStreams
  stdout: () => string
  stderr: () => string
  /** Both, as a terminal would show them one after the other, without escapes. */
  said: () => string
  /** Settles when `text` has been said after the last call; throws with everything said when it is not. */
  hears: (text: string | RegExp) => Promise<void>
  type: (text: string) => void
  ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>
}

/** Starts the real program in a home, without a terminal. */
export function startBaton(home: Home, args: string[], env: Record<string, string> = {}): Program {
  return watch(spawn(process.execPath, [BATON, ...args], { cwd: home.dir, env: environment(home, env) }))
}

/** Runs the real program to its end. */
export async function baton(home: Home, args: string[], env: Record<string, string> = {}) {
  const program = startBaton(home, args, env)
  program.child.stdin.end()
  return await program.ended
}

/** Opens a terminal of its own size for a command and passes everything through; the size can be changed by a signal. */
const IN_A_TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[3], sys.argv[3:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', int(sys.argv[2]), int(sys.argv[1]), 0, 0))
inputs = [fd, 0]
while True:
    for ready in select.select(inputs, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b''
        if ready == fd:
            if not data:
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            os.write(1, data)
        elif data:
            os.write(fd, data)
        else:
            inputs.remove(0)
`

/** Starts the real program at a terminal of its own. */
export function startAtTerminal(
  home: Home,
  args: string[],
  { columns = 100, rows = 30, env = {} }: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): Program {
  const command = [process.execPath, BATON, ...args]
  const options = { cwd: home.dir, env: environment(home, { TERM: 'xterm-256color', ...env }) }
  return watch(spawn('python3', ['-c', IN_A_TERMINAL, String(columns), String(rows), ...command], options))
}

function environment(home: Home, env: Record<string, string>): Record<string, string> {
  const { PATH = '', TZ = 'UTC', LANG = 'C.UTF-8' } = process.env
  return { PATH, TZ, LANG, HOME: home.dir, CLAUDE_CONFIG_DIR: join(home.dir, '.agent'), ...env }
}

function watch(child: ChildProcessWithoutNullStreams): Program {
  let stdout = ''
  let stderr = ''
  let heardUpTo = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => undefined)
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const said = () => stripVTControlCharacters(stdout + stderr)
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    said,
    async hears(text) {
      const isThere = () => {
        const fresh = said().slice(heardUpTo)
        const at = typeof text === 'string' ? fresh.indexOf(text) : fresh.search(text)
        if (at < 0) return false
        heardUpTo += at + 1
        return true
      }
      for (const until = Date.now() + PATIENCE_MS; !isThere(); ) {
        if (Date.now() > until) throw new Error(`never said ${text}; said:\n${said()}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    type: (text) => void child.stdin.write(text),
    ended: once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr })),
  }
}
