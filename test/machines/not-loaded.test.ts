import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startRunningDaemon } from '../../faults/daemon-process.ts'
import { createFaultHome, type FaultHome } from '../../faults/home.ts'

/** Notes each module that a process loads. */
const NOTES = `
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
registerHooks({
  load: (url, context, next) => {
    appendFileSync(process.env.LOADED_FILE, url + '\\n')
    return next(url, context)
  },
})
`

let home: FaultHome
afterEach(() => home.remove())

/** The modules that a daemon has loaded once it answers. */
async function loadedWith(env: string): Promise<string[]> {
  home = createFaultHome('## Task 1: One\n**Run:** true\n', 'http: {port: 0}\n')
  home.write('.env', `API_TOKEN=a-token-of-a-test-0123456789\n${env}`)
  home.write('notes.mjs', NOTES)
  const file = join(home.dir, 'loaded.txt')
  writeFileSync(file, '')
  const options = `--import ${join(home.dir, 'notes.mjs')}`
  const daemon = startRunningDaemon(home.dir, { env: { NODE_OPTIONS: options, LOADED_FILE: file } })
  try {
    expect((await fetch(`${(await daemon).url}/health`)).ok).toBe(true)
  } finally {
    ;(await daemon).kill('SIGKILL')
  }
  return readFileSync(file, 'utf8').split('\n')
}
const ofMachines = (urls: string[]) =>
  urls.filter((url) => /\/src\/machines\/postgres|pg-boss|\/pg\/|sharing/.test(url))

test('nothing of what machines share is loaded without DATABASE_URL, and with it it is', async () => {
  const alone = await loadedWith('')
  expect(alone.length).toBeGreaterThan(50)
  expect(ofMachines(alone)).toEqual([])
  home.remove()
  expect(ofMachines(await loadedWith('DATABASE_URL=postgres://nobody@127.0.0.1:1/none\n')).length).toBeGreaterThan(0)
}, 60_000)
