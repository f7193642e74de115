import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { askClaude } from '../../src/claude/ask-claude.ts'
import { readConfig } from '../../src/config/read.ts'
import { startBotApi } from '../support/bot-api/server.ts'
import { claudeProgram } from '../support/claude-program.ts'
import { createHome } from '../support/home.ts'
import { startMessagesApi } from '../support/messages-api.ts'
import { calls, says } from '../support/messages-replies.ts'
import { told } from '../support/phone.ts'
import { QUIET_CLAUDE } from '../support/quiet-claude.ts'
import { createRealBaton } from '../support/real-baton.ts'

const FILE = `# Tasks - 2026-11-23

The greeting is in greeting.txt.

## Task 1: Greet in German
**Acceptance Criteria:**
- greeting.txt says Hallo

**Verify:**
- grep Hallo greeting.txt

**Claude Instruction:**
Write "Hallo" into greeting.txt.
`

it('a sentence on the phone becomes a task file by a Claude that can only read, and Start works through it', async () => {
  const bot = await startBotApi()
  const anna = bot.person({ id: 4711, name: 'Anna' })
  await using baton = await createRealBaton(
    '',
    {},
    ({ prompt, toolResults, body }) => {
      const greeting = join(baton.home.dir, 'greeting.txt')
      if (JSON.stringify(body.messages[0]).includes('You plan work')) {
        if (toolResults.length === 0) {
          const content = 'Written by who should only read.'
          return calls(
            { name: 'Read', input: { file_path: greeting } },
            { name: 'Write', input: { file_path: greeting, content } },
            { name: 'Bash', input: { command: `echo '${content}' > greeting.txt`, description: content } },
            { name: 'WebFetch', input: { url: 'http://127.0.0.1:9/', prompt: content } },
          )
        }
        return says(`I have looked at it: ${toolResults[0]?.text}\n\n\`\`\`markdown\n${FILE}\`\`\``)
      }
      if (toolResults.length > 0) return says('Greets in German.')
      return prompt.includes('Greet in German')
        ? calls({ name: 'Read', input: { file_path: greeting } })
        : says('What?')
    },
    {
      ANTHROPIC_API_KEY: 'sk-ant-test',
      TELEGRAM_BOT_TOKEN: bot.token,
      TELEGRAM_ALLOWED_USERS: '4711',
      TELEGRAM_API_ROOT: bot.root,
    },
  )
  try {
    writeFileSync(join(baton.home.dir, 'greeting.txt'), 'Hallo\n')
    await baton.up()
    anna.says('/plan The greeting should be German')
    await baton.until('the reply', () => told(anna, 'Claude is writing a plan'))
    await baton.until('the plan', () => told(anna, 'A plan of 1 task'))
    const asked = baton.api.requests[0]
    expect(JSON.stringify(asked?.body.messages)).toContain('The greeting should be German')
    const results = baton.api.requests[1]?.toolResults.map(({ text, isError }) => ({ text, isError }))
    expect(results?.filter(({ isError }) => !isError)).toMatchObject([{ text: expect.stringContaining('Hallo') }])
    expect(results).toHaveLength(4)
    expect(baton.home.read('greeting.txt')).toBe('Hallo\n')
    const files = () => readdirSync(join(baton.home.dir, 'tasks'))
    expect(files()).toEqual(['today.md'])

    anna.taps('Start')
    await baton.until('the end', async () => (await baton.task()).status === 'done' || undefined)
    // The plan is named after the day on which it was accepted, whichever that is.
    const plan = files().find((name) => /^\d{4}-\d{2}-\d{2}\.md$/.test(name))
    expect(baton.home.read(`tasks/${plan}`)).toMatch(/^\*\*Status:\*\* done /m)
  } finally {
    await baton.down()
    await bot.close()
  }
})

it('reads the project and the folder it is given, and nothing else', async () => {
  const home = createHome('', `claude:\n  command: ["${claudeProgram()}"]\n`)
  const project = home.dir
  const given = mkdtempSync(join(tmpdir(), 'baton-given-'))
  const other = mkdtempSync(join(tmpdir(), 'baton-other-'))
  for (const folder of [project, given, other]) writeFileSync(join(folder, 'note.txt'), `The note in ${folder}`)
  await using api = await startMessagesApi(({ toolResults }) => {
    if (toolResults.length > 0) return says('Read.')
    return calls(
      ...[project, given, other].flatMap((folder) => [
        { name: 'Read', input: { file_path: join(folder, 'note.txt') } },
        { name: 'Grep', input: { pattern: 'The note', path: folder, output_mode: 'content' } },
      ]),
    )
  })
  const read = await readConfig({ home: project, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const env = {
    PATH: process.env.PATH,
    HOME: project,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: 'sk-ant-test',
    CLAUDE_CONFIG_DIR: join(project, 'sessions'),
    ...QUIET_CLAUDE,
  }
  try {
    const { text } = await askClaude({ project: read.config.projects[0], env, folder: given, prompt: 'Read.' })
    expect(text).toBe('Read.')
    const seen = (api.requests[1]?.toolResults ?? []).flatMap(({ text, isError }) => (isError ? [] : [text])).join('\n')
    expect(seen.match(/The note in \S*/g)?.sort()).toEqual(
      [project, project, given, given].map((folder) => `The note in ${folder}`).sort(),
    )
  } finally {
    for (const folder of [given, other]) rmSync(folder, { recursive: true })
    home.remove()
  }
})
