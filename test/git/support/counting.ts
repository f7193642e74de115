import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './playground.ts'

/** Puts a `git` before the real one that notes each start. Gives the notes since the last call: one line a process. */
export function countGit(): () => string[] {
  const folder = temporaryFolder()
  const log = join(folder, 'log')
  const path = process.env.PATH ?? ''
  writeFileSync(log, '')
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\nPATH='${path}' exec git "$@"\n`)
  chmodSync(join(folder, 'git'), 0o755)
  process.env.PATH = `${folder}${delimiter}${path}`
  onTestFinished(() => {
    process.env.PATH = path
  })
  return () => {
    const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean)
    writeFileSync(log, '')
    return lines.map((line) => line.replaceAll(/-c [^ ]+ /g, ''))
  }
}
