import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ConfigResult, readConfig } from '../../src/config/read.ts'

/** A folder with these files, gone after the test. `.env` is private unless `envMode` says otherwise. */
export function home(files: { config?: string | Buffer; env?: string; envMode?: number } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  if (files.config !== undefined) writeFileSync(join(folder, 'config.yaml'), files.config)
  if (files.env !== undefined) {
    writeFileSync(join(folder, '.env'), files.env)
    chmodSync(join(folder, '.env'), files.envMode ?? 0o600)
  }
  return folder
}

/** Reads such a folder in an environment of its own. */
export function read(files: Parameters<typeof home>[0], env: NodeJS.ProcessEnv = {}): Promise<ConfigResult> {
  return readConfig({ home: home(files), env })
}

export async function goodConfig(config: string, env: NodeJS.ProcessEnv = {}) {
  const result = await read({ config }, env)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 2))
  return result
}

/** The problems, without places when only the words matter. */
export async function problemsIn(files: Parameters<typeof home>[0], env: NodeJS.ProcessEnv = {}) {
  const result = await read(files, env)
  return 'problems' in result ? result.problems : result.warnings
}
