import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** The modules that a process loads to put its chats together, with these variables in .env. */
const loadedWith = (names: Record<string, string>): string[] => {
  const root = join(import.meta.dirname, '../..')
  const program = `
    const { registerHooks } = await import('node:module')
    const seen = []
    registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context) } })
    const { openMessengers } = await import(${JSON.stringify(join(root, 'src/messengers/messengers.ts'))})
    const app = { store: { kept: { get: () => undefined, set: () => {}, transaction: (work) => work() } } }
    await openMessengers({ secrets: { telegramAllowedUsers: [], ...${JSON.stringify(names)} }, app, redact: (text) => text }).catch(() => {})
    console.log(JSON.stringify(seen))`
  const out = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  return JSON.parse(out) as string[]
}
const ofSlack = (urls: string[]) => urls.filter((url) => /\/src\/slack\/|@slack|undici/.test(url))

test('nothing of Slack is loaded without its tokens, and with them it is', () => {
  expect(ofSlack(loadedWith({}))).toEqual([])
  expect(ofSlack(loadedWith({ slackBotToken: 'xoxb-1', slackAppToken: 'xapp-1' })).length).toBeGreaterThan(3)
})
