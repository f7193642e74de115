import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { hasState } from '../daemon/api/cross-process-api.ts'
import { batonError } from '../errors.ts'
import { privateFile } from '../files/private.ts'
import { openStore } from '../store/store.ts'
import type { Shell } from './shell/shell.ts'
import { findPlaces } from './state/places.ts'

/** Copies the state into a file while everything keeps running. An existing file is never written over. */
export async function backUp(shell: Shell, file: string): Promise<number> {
  const target = resolve(shell.cwd, file)
  if (existsSync(target)) throw batonError('no-backup', { file: target, cause: 'it already exists' })
  const { stateDir } = await findPlaces(shell)
  if (!hasState(stateDir)) throw batonError('usage', { message: `There is no state to copy in ${stateDir}.` })
  const store = openStore(stateDir)
  try {
    privateFile(target)
    await store.backup(target)
  } catch (error) {
    rmSync(target, { force: true })
    const cause = error instanceof Error ? error.message : String(error)
    throw batonError('no-backup', { file: target, cause })
  } finally {
    store.close()
  }
  shell.stdout.write(`Copied the state to ${target}\n`)
  return 0
}
