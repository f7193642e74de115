import { execFile } from 'node:child_process'
import type { RunProgram } from './machine.ts'

const PATIENCE_MS = 10_000

/** Runs a program to its end, with a limit, and gives what it printed. */
export const runProgram: RunProgram = (program, args, cwd) =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: PATIENCE_MS, windowsHide: true, ...(cwd ? { cwd } : {}) }, (error, stdout) => {
      if (error && (error as NodeJS.ErrnoException).code === 'ENOENT') resolve(undefined)
      else resolve({ exitCode: error ? Number(error.code) || 1 : 0, stdout })
    })
  })
