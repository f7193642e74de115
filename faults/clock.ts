import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A wall clock of one program that can be set while it runs; its monotonic clock continues as it is, as on a real machine. */
export interface SetClock {
  /** How it is done, for the report. */
  by: 'libfaketime' | 'Date'
  env: Record<string, string>
  nodeArgs: string[]
  /** Sets the clock to so many seconds from the true time; settles when the program sees it. */
  set: (offsetSeconds: number) => Promise<void>
  remove: () => void
}

const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu', '.'].map((place) =>
  join('/usr/lib', place, 'faketime/libfaketimeMT.so.1'),
)
const SEEN_AFTER_MS = 1_100

/** Makes a clock: by libfaketime where it is installed, else by a Date that is off. */
export function createSetClock(): SetClock {
  const dir = mkdtempSync(join(tmpdir(), 'baton-clock-'))
  const file = join(dir, 'offset')
  writeFileSync(file, '+0')
  const library = LIBRARIES.find((path) => existsSync(path))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const set = async (offsetSeconds: number) => {
    writeFileSync(file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}`)
    await new Promise((resolve) => setTimeout(resolve, SEEN_AFTER_MS))
  }
  if (library === undefined) {
    const program = pathToFileURL(join(import.meta.dirname, 'programs/set-date.ts')).href
    return { by: 'Date', env: { BATON_FAULTS_CLOCK: file }, nodeArgs: ['--import', program], set, remove }
  }
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DISABLE_SHM: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  }
  return { by: 'libfaketime', env, nodeArgs: [], set, remove }
}
