import { execFile } from 'node:child_process'
import { isStartError, whyNotStarted } from '../files/not-started.ts'
import type { ProbeProgram } from './machine.ts'

const PATIENCE_MS = 10_000

/** Runs a program to its end, with a limit, and gives what it printed. */
export const runProgram: ProbeProgram = (program, args, cwd) =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: PATIENCE_MS, windowsHide: true, ...(cwd ? { cwd } : {}) }, (error, stdout) => {
      const place = { path: process.env.PATH, cwd: cwd ?? process.cwd() }
      const why = isStartError(error?.code) ? whyNotStarted(program, place) : undefined
      if (why?.how === 'missing') resolve(undefined)
      else if (why) resolve({ exitCode: 1, stdout, problem: why.text })
      else resolve({ exitCode: error ? Number(error.code) || 1 : 0, stdout })
    })
  })
