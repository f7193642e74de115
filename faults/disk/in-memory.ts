import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'

/** A folder for files whose disk is not what is looked at: in memory where the system has that, so that flushes cost nothing. */
export function inMemory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}
