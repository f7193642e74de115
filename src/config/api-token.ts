import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readPlainSync } from '../files/plain.ts'
import { privateFile, writePrivate } from '../files/private.ts'

/** File of the generated token, in the state folder. */
export const API_TOKEN_FILE = 'api-token'

/** The API token: the configured one, else the one generated into the state folder, made at the first start. */
export function apiTokenOf(stateDir: string, configured: string | undefined): string {
  if (configured) return configured
  const file = join(stateDir, API_TOKEN_FILE)
  try {
    const kept = readPlainSync(file, 10_000).toString('utf8').trim()
    privateFile(file)
    if (kept.length >= 32) return kept
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const token = randomBytes(32).toString('base64url')
  writePrivate(file, `${token}\n`)
  return token
}
