import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '../../src')

/** Loaded before any task begins, by who starts a process of Baton; or code of other processes than the one that works. */
const EARLIER = new Set([
  'main.ts',
  'look.ts',
  'commands',
  'doctor',
  'rehearsal',
  // With the configuration and the log, before the app is opened.
  'config/yaml-file.ts',
  'config/cross-checks.ts',
  'log.ts',
  // With the phone, before the runner begins.
  'app/assistant.ts',
  'messengers/messengers.ts',
  // With the other machines, before the runner begins.
  'app/daemon.ts',
  // By commands that look at the machines.
  'machines/outside.ts',
  'machines/look.ts',
])

const files = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(dir, entry.name)) : entry.name.endsWith('.ts') ? [join(dir, entry.name)] : [],
  )

const loadedBy = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?<!typeof )\bimport\('(\.[^']+)'\)/g)].map(([, target]) =>
    relative(SRC, resolve(file, '..', target as string)),
  )

it('every part that is loaded when needed is loaded before the first task, so that no task can change what runs', () => {
  const all = new Set(loadedBy(join(SRC, 'app/load-all.ts')))
  const late = files(SRC).flatMap((file) => {
    const path = relative(SRC, file)
    if (EARLIER.has(path) || EARLIER.has(path.split('/')[0] as string)) return []
    // The server loads the pages when it is asked to.
    return loadedBy(file).filter((target) => !all.has(target) && !/^http\/(app|routes)\.ts$/.test(target))
  })
  expect([...new Set(late)]).toEqual([])
})
