import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../../src')

test('a daemon that waits has not loaded what it does not need: a fetch and a WebSocket, the pages, git', () => {
  const loaded = execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { registerHooks } from 'node:module'
       registerHooks({ resolve(name, context, next) { console.log(name); return next(name, context) } })
       for (const room of ['app/daemon.ts', 'messengers/telegram.ts', 'assistant/planning.ts', 'assistant/day.ts'])
         await import('${SRC}/' + room)
       console.log(process.moduleLoadList.join('\\n'))`,
    ],
    { encoding: 'utf8' },
  )
  expect(loaded).toMatch(/grammy/)
  expect(loaded).toMatch(/NativeModule https/)
  // Without a repository on GitHub, nothing that talks to it.
  expect(loaded).toMatch(/sources\/github\/lazy/)
  expect(loaded).not.toMatch(/octokit|github\/(client|rounds|say|remote)\.ts|sources\/github\/open|github\/review/)
  expect(loaded).not.toMatch(/undici|node-fetch|^express$|NativeModule zlib/m)
})
