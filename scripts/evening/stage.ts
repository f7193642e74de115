import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../test/http/browser.ts'
import { type ChatMessage, latest } from '../../test/support/bot-api/conversation.ts'
import { startBotApi } from '../../test/support/bot-api/server.ts'
import { createHome } from '../../test/support/home.ts'
import { chatPage } from '../chat-page/html.ts'
import { EVENING } from './tasks.ts'

const ROOT = join(import.meta.dirname, '../..')
const TOKEN = 'token-of-the-evening-0123456789'
const PATIENCE_MS = 120_000

const VIEWS: [name: string, hash: string][] = [
  ['now', '#/'],
  ['board', '#/board'],
  ['queue', '#/queue'],
  ['history', '#/history'],
  ['cost', '#/cost'],
  ['health', '#/health'],
]

/** Opens a home with a daemon, Anna's phone, and a browser that looks at both. */
export async function openEvening(folder: string, tasks = EVENING, config = '') {
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const home = createHome(
    tasks,
    `retries: 0\nhttp: {port: 0}\n${config}claude:\n  command: ["${process.execPath}", "${join(ROOT, 'bin/rehearsal.js')}"]\n`,
  )
  home.write('migrate.js', "console.log('0007-sessions is applied')\n")
  home.write(
    'check.js',
    "if (!require('fs').existsSync('passes')) { console.log('settings.test.js\\n  expected 7077\\n  received undefined\\n1 failed, 47 passed'); process.exit(1) }\n",
  )
  home.write('package.json', '{"scripts": {"test": "echo 48 passed"}}\n')
  home.write('src/server.js', 'export {}\n')
  home.repository()
  const env = {
    PATH: process.env.PATH,
    HOME: mkdtempSync(join(tmpdir(), 'baton-evening-')),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    API_TOKEN: TOKEN,
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_ALLOWED_USERS: '4711',
    TELEGRAM_API_ROOT: api.root,
    CLAUDE_CONFIG_DIR: join(home.dir, 'sessions'),
  }
  let printed = ''
  let child: ChildProcess
  let link = ''
  const up = async () => {
    link = ''
    child = spawn(process.execPath, [join(ROOT, 'bin/baton.js'), 'start'], { cwd: home.dir, env })
    let here = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk
        here += chunk
        link ||= /Dashboard: (\S+)/.exec(here)?.[1] ?? ''
      })
    await until('the daemon', () => link !== '' || undefined)
  }
  async function until<T>(what: string, find: () => T | undefined): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
      const found = find()
      if (found !== undefined) return found
    }
    keep('last')
    throw new Error(`${what} did not come.\n${printed}`)
  }
  const keep = (name: string) => writeFileSync(join(folder, `${name}.json`), JSON.stringify(anna.sees()))
  await up()

  const browser = (await openBrowser()) as Browser
  const pages: { name: string; page: Page }[] = []
  for (const [size, viewport] of [
    ['phone', { width: 390, height: 844 }],
    ['desktop', { width: 1280, height: 800 }],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport, colorScheme, hasTouch: size === 'phone' })
      const page = await context.newPage()
      page.on('pageerror', (error) => console.error(size, colorScheme, error.message))
      pages.push({ name: `${size}-${colorScheme}`, page })
    }
  const chatTab = await browser.newPage({ viewport: { width: 402, height: 900 } })

  const logIn = async () => {
    const base = new URL(link).origin
    for (const { page } of pages) {
      if (page.url().startsWith(base)) continue
      const answer = await fetch(`${base}/api/login-link`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: '{}',
      })
      await page.goto(((await answer.json()) as { link: string }).link)
      await page.waitForSelector('.shell')
    }
    return base
  }

  let shownUpTo = 0
  const evening = {
    api,
    anna,
    home,
    env,
    up,
    printed: () => printed,
    kill: async () => {
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('close', resolve))
    },
    base: () => new URL(link).origin,
    pages,
    async told(words: string | RegExp, { after = 0, button = false } = {}): Promise<ChatMessage> {
      const has = (message: ChatMessage) => {
        const { text, keyboard } = latest(message)
        const all = button ? JSON.stringify(keyboard ?? []) : text
        return typeof words === 'string' ? all.includes(words) : words.test(all)
      }
      return until(String(words), () =>
        anna.sees().messages.findLast((message) => message.from.isBot && message.id > after && has(message)),
      )
    },
    async taps(button: string, message?: number) {
      const { text, alert } = await anna.taps(button, message === undefined ? {} : { message }).answer()
      console.log(`tapped ${button}: ${text}${alert ? ' (alert)' : ''}`)
      await sleep(400)
    },
    async look(name: string, views = VIEWS) {
      await sleep(900)
      keep(name)
      const conversation = anna.sees()
      const all = conversation.messages
      const from = Math.max(0, all.findIndex(({ id }) => id > shownUpTo) - 1)
      shownUpTo = all.at(-1)?.id ?? 0
      await chatTab.setContent(
        chatPage([{ ...conversation, messages: all.slice(from) }], { zone: 'UTC', withTaps: true }),
      )
      await chatTab.locator('.phone').screenshot({ path: join(folder, `${name}-chat.png`) })
      const base = await logIn()
      for (const { name: size, page } of pages)
        for (const [view, hash] of views) {
          await page.goto(`${base}/${hash}`)
          await page.waitForTimeout(350)
          await page.screenshot({ path: join(folder, `${name}-${view}-${size}.png`) })
        }
    },
    async close() {
      keep('last')
      await chatTab.setContent(chatPage([anna.sees()], { zone: 'UTC', withTaps: true }))
      await chatTab.locator('.phone').screenshot({ path: join(folder, 'whole-chat.png') })
      await browser.close()
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('close', resolve))
      await api.close()
      if (process.env.KEEP) console.log(home.dir)
      else home.remove()
    },
  }
  return evening
}
