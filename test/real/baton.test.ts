import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claudeProgram } from '../support/claude-program.ts'
import { createHome, type Home, type OpenHome } from '../support/home.ts'
import { type MessagesApi, startMessagesApi } from '../support/messages-api.ts'
import { badCredentials, calls, runs, says, usageLimit } from '../support/messages-replies.ts'
import { QUIET_CLAUDE } from '../support/quiet-claude.ts'

const BATON = join(import.meta.dirname, '../../bin/baton.js')

let api: MessagesApi
let home: Home
const houses: OpenHome[] = []
beforeEach(async () => {
  api = await startMessagesApi(() => says('Done.'))
})
afterEach(async () => {
  for (const house of houses.splice(0)) await house.runner.stop()
  await api.close()
  home.remove()
})

const task = (number: number, instruction: string, fields = '') =>
  `## Task ${number}: Title ${number}\n${fields}**Claude Instruction:**\n${instruction}\n\n`

const newHome = (tasks: string) => {
  home = createHome(tasks, `claude:\n  command: ["${claudeProgram()}"]\nretries: 0\n`)
  home.git('init', '-q')
}

const environment = (
  credentials: Record<string, string> = { ANTHROPIC_API_KEY: 'sk-ant-test' },
): Record<string, string> => ({
  ...QUIET_CLAUDE,
  ...credentials,
  ANTHROPIC_BASE_URL: api.url,
  CLAUDE_CONFIG_DIR: join(home.dir, 'sessions'),
})

const open = async (holdMs: number, env = environment()) => {
  const house = await home.open({
    env,
    change: (config) => {
      config.projects[0].claude.command = [claudeProgram()]
      config.projects[0].claude.holdMs = holdMs
    },
  })
  houses.push(house)
  return house
}

const startBaton = (...args: string[]) => startBatonWith({}, ...args)

const startBatonWith = (env: Record<string, string>, ...args: string[]) => {
  const child = spawn(process.execPath, [BATON, ...args, '--home', home.dir], {
    cwd: home.dir,
    env: { PATH: process.env.PATH, HOME: home.dir, ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const shown: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => shown.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => shown.push(chunk))
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    shown: Buffer.concat(shown).toString(),
  }))
  return { child, ended }
}

/** A command that is asked for; mkdir itself passes under acceptEdits. */
const makes = (folder: string) => `node -e "require('fs').mkdirSync('${folder}')"`

/** A question of AskUserQuestion. */
const asks = (question: string, ...labels: string[]) =>
  calls({
    name: 'AskUserQuestion',
    input: {
      questions: [
        {
          question,
          header: 'Pick',
          options: labels.map((label) => ({ label, description: label })),
          multiSelect: false,
        },
      ],
    },
  })

describe('Baton with the real program, from the terminal', () => {
  it('works through a task file with --auto-approve: edits, runs what is asked for, checks, and notes what is done', async () => {
    newHome(
      task(1, 'Write hello.txt.', '**Requires Approval:** true\n**Verify:**\n- test "$(cat hello.txt)" = Hello\n') +
        task(2, 'Make a folder.'),
    )
    api.use(({ prompt, toolResults }) => {
      if (toolResults.length > 0) return says('Done.')
      return prompt.includes('hello.txt')
        ? calls({ name: 'Write', input: { file_path: join(home.dir, 'hello.txt'), content: 'Hello' } })
        : runs('mkdir made')
    })
    const { code, shown } = await startBaton('tasks', 'tasks/today.md', '--auto-approve').ended
    expect(code, shown).toBe(0)
    expect(existsSync(join(home.dir, 'made'))).toBe(true)
    expect(home.read('tasks/today.md').match(/\*\*Status:\*\* done/g)).toHaveLength(2)
  })

  it('says on the receipt that a Stop hook of the project was overridden, and what it said', async () => {
    newHome(task(1, 'Write hello.txt.'))
    const command = 'echo "the tests are red" >&2; exit 2'
    home.write(
      '.claude/settings.json',
      JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: 'command', command }] }] } }),
    )
    const { code, shown } = await startBaton('tasks').ended
    expect(code, shown).toBe(0)
    // Long lines are wrapped.
    expect(shown.replace(/\s+/g, ' ')).toMatch(
      /A Stop hook sent Claude back 9 times, and was then overridden by Claude Code: .*the tests are red/,
    )
  })

  it('ends with 3 at a question when nobody is there, and the answer continues the same session', async () => {
    newHome(task(1, 'Paint it.'))
    api.use(({ toolResults }) =>
      toolResults.length > 0 ? says(`Painted: ${toolResults[0]?.text}`) : asks('Which colour?', 'Red', 'Blue'),
    )
    const first = await startBaton('tasks').ended
    expect(first.code, first.shown).toBe(3)
    expect(first.shown).toContain('answer 1')
    const second = await startBaton('answer', '1', 'Blue').ended
    expect(second.code, second.shown).toBe(0)
    expect(api.requests.at(-1)?.toolResults[0]?.text).toContain('"Which colour?"="Blue"')
  })

  it('answers at once, in words, a question that Claude was about to put off when Baton was killed', async () => {
    newHome(task(1, 'Paint it.'))
    api.use(({ number }) => (number === 1 ? asks('Which colour?', 'Red', 'Blue') : says('Painted.')))
    await startBatonWith({ BATON_KILL_AT: 'parked:1' }, 'tasks').ended
    expect(api.requests).toHaveLength(1)
    // Without a prompt Claude would wait for one until the start clock ends it.
    const { code, shown } = await startBaton('answer', '1', 'Blue').ended
    expect(code, shown).toBe(0)
    expect(JSON.stringify(api.requests.at(-1)?.body.messages)).toContain('Blue')
  })

  it('goes on with --resume after a kill -9 of Baton during a running command, and nothing is left of it', async () => {
    newHome(task(1, 'Wait.'))
    api.use(({ number, toolResults }) =>
      number === 1 ? runs('touch begun; sleep 300') : says(toolResults.length > 0 ? 'Done.' : 'Went on.'),
    )
    const killed = startBaton('tasks', '--auto-approve')
    for (let i = 0; i < 200 && !existsSync(join(home.dir, 'begun')); i++)
      await new Promise((resolve) => setTimeout(resolve, 100))
    expect(existsSync(join(home.dir, 'begun'))).toBe(true)
    killed.child.kill('SIGKILL')
    await killed.ended
    const { code, shown } = await startBaton('tasks', '--resume').ended
    expect(code, shown).toBe(0)
    expect(api.requests.at(-1)?.prompt).toContain('interrupted')
  })
})

describe('Baton with the real program, in the house', () => {
  it('parks a question by a deferred call and answers it after a restart, twice in one session', async () => {
    newHome(task(1, 'Paint it.'))
    api.use(({ number }) =>
      number === 1
        ? asks('Which colour?', 'Red', 'Blue')
        : number === 2
          ? asks('Which size?', 'S', 'L')
          : says('Painted.'),
    )
    let house = await open(0)
    await house.start()
    for (const words of ['Blue', 'L']) {
      await house.event('attempt.ended', (event) => event.data?.outcome === 'deferred')
      await house.runner.stop()
      house = await open(0)
      await house.answer(await house.ask('question'), words)
    }
    await house.rest()
    expect(house.status()).toEqual(['done'])
    expect(api.requests.map((request) => request.toolResults[0]?.text ?? '').join()).toMatch(
      /"Which colour\?"="Blue".*"Which size\?"="L"/s,
    )
  })

  it('parks a permission, grants exactly that call after a restart, and hands on a denial with its reason', async () => {
    newHome(task(1, 'Make folders.'))
    api.use(({ number, toolResults }) => {
      if (number === 1 || number === 2) return runs(makes('allowed'))
      return toolResults[0]?.text.includes('not that') ? says('Without.') : runs(makes('denied'))
    })
    let house = await open(0)
    await house.start()
    await house.event('attempt.ended', (event) => event.data?.outcome === 'parked')
    await house.runner.stop()
    house = await open(60_000)
    await house.answer(await house.ask('permission'), 'yes')
    await house.event('grant.used')
    const denied = await house.event('ask.opened', (event) => event.text.includes('denied'))
    await house.runner.api.submit(
      { type: 'reject', target: { askId: denied.askId ?? '' }, text: 'not that' },
      { surface: 'terminal', id: 'anna', name: 'anna' },
    )
    await house.rest()
    expect([existsSync(join(home.dir, 'allowed')), existsSync(join(home.dir, 'denied'))]).toEqual([true, false])
  })

  it('waits out a usage limit and goes on in the same session, with no retry spent', async () => {
    newHome(task(1, 'Do it.') + task(2, 'And this.'))
    const resetsAt = Math.ceil(Date.now() / 1_000) + 5
    api.use(() => (Date.now() / 1_000 < resetsAt ? usageLimit(resetsAt) : says('Done.')))
    const house = await open(0, environment({ CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x' }))
    await house.start()
    await house.event('queue.held')
    expect(house.runner.api.view.status().hold?.until).toBeGreaterThanOrEqual(resetsAt * 1_000)
    await house.event('run.ended')
    expect(house.status()).toEqual(['done', 'done'])
    expect(house.events.some((event) => event.type === 'task.retrying')).toBe(false)
  })

  it('with bad credentials stops the queue with one ask, and goes on once they are mended', async () => {
    newHome(task(1, 'Do it.') + task(2, 'And this.'))
    let mended = false
    api.use(() => (mended ? says('Done.') : badCredentials()))
    const house = await open(0, { ...environment(), CLAUDE_CODE_MAX_RETRIES: '0' })
    await house.start()
    const ask = await house.ask('failure')
    expect(ask.about).toBe('credentials')
    mended = true
    await house.answer(ask, 'retry')
    await house.rest()
    expect(house.status()).toEqual(['done', 'done'])
  })

  it('fails a task at its limit of turns, and says so', async () => {
    newHome(task(1, 'Do it.', '**Max Turns:** 1\n'))
    api.use(({ number }) => (number < 4 ? calls({ name: 'Glob', input: { pattern: `*${number}` } }) : says('Done.')))
    const house = await open(0)
    await house.start()
    const ask = await house.ask('failure')
    expect(ask.text).toMatch(/turns/i)
  })
})
