import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join, relative } from 'node:path'

/**
 * Runs the rows on a copy of the checkout. A row has a running Baton that keeps its own program from its agents, and gives
 * it back as it was before: in the checkout that would be what you are just writing. And what runs for hours is one version.
 */
const checkout = realpathSync(join(import.meta.dirname, '..'))
const LEFT_OUT = new Set(['.git', '.baton', 'node_modules', 'dist', 'coverage', 'logs', 'work'])

const copy = mkdtempSync(join(realpathSync(tmpdir()), 'baton-under-test-'))
cpSync(checkout, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(checkout, path)) })
symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'))

const rows = spawn(process.execPath, [...process.execArgv, join(copy, 'faults/main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => rows.kill(signal))
rows.on('close', (code, signal) => {
  rmSync(copy, { recursive: true, force: true, maxRetries: 5 })
  process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals]
})
