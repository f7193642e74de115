import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Break, brokenBy } from './break.ts'

const run = promisify(execFile)

/** Runs one of the programs in `programs/` to its end and gives back the JSON that it prints. */
export async function askProgram<T>(name: string, args: readonly (string | number)[], breaks?: Break): Promise<T> {
  const broken = brokenBy(breaks)
  const program = [...broken.args, join(import.meta.dirname, 'programs', name), ...args.map(String)]
  const env = { PATH: process.env.PATH, ...broken.env }
  const { stdout } = await run(process.execPath, program, { env, maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout) as T
}
