import { spawn } from 'node:child_process'

const MAX_OUTPUT = 30_000

/** Runs a command in a process group of its own, as Claude's Bash tool does; the group ends with an interrupt. */
export function runShell(command: string, interrupted: AbortSignal): Promise<{ output: string; exitCode: number }> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const take = (chunk: Buffer): void => {
      if (output.length < MAX_OUTPUT) output += chunk.toString('utf8')
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const stop = (): void => endGroup(child.pid)
    interrupted.addEventListener('abort', stop)
    process.once('exit', stop)
    child.on('error', (error) => resolve({ output: error.message, exitCode: 127 }))
    child.on('close', (exitCode) => {
      interrupted.removeEventListener('abort', stop)
      process.removeListener('exit', stop)
      resolve({ output: output.slice(0, MAX_OUTPUT).trimEnd(), exitCode: exitCode ?? 1 })
    })
  })
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  } catch {
    // Gone already.
  }
}
