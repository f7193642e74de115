import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { classifyOutcome } from '../../src/claude/outcome/outcome.ts'
import { answerInWords, continuationPrompt } from '../../src/claude/start/prompt.ts'
import { markOfStart } from '../../src/claude/start/read-at-start.ts'
import { startRealClaude } from '../support/claude-real.ts'
import { badCredentials, calls, overloaded, runs, says, usageLimit } from '../support/messages-replies.ts'

describe('the real program does a task', () => {
  it('edits a file and tells its closing words, cost and turns', async () => {
    await using real = await startRealClaude(({ number }) => {
      const file = join(real.session.cwd, 'greeting.txt')
      return number === 1 ? calls({ name: 'Write', input: { file_path: file, content: 'Hello' } }) : says('Wrote it.')
    })
    const { ended } = await real.session.talk({ prompt: '# Greet', permissionMode: 'acceptEdits' })
    const outcome = classifyOutcome(ended)
    expect(outcome).toMatchObject({ kind: 'done', result: 'Wrote it.', turns: 2, exitCode: 0 })
    expect(outcome.sessionCostUsd).toBeGreaterThan(0)
    expect(readFileSync(join(real.session.cwd, 'greeting.txt'), 'utf8')).toBe('Hello')
    expect(ended).toMatchObject({ complete: true, leftovers: [], survivors: [], unheard: [] })
  })

  it('receives the prompt byte for byte, also when it begins with a dash', async () => {
    const prompt = '--help\n\n  two  spaces, "quotes", $HOME, ```fences```\n\ttabs, ünïcode 🎼 and a last line\n\n'
    await using real = await startRealClaude(() => says('Read.'))
    await real.session.talk({ prompt })
    expect(real.api.requests[0]?.prompt).toBe(prompt)
  })

  it('tells the cost of the whole session when it is resumed', async () => {
    await using real = await startRealClaude(() => says('Fine.'))
    const first = classifyOutcome((await real.session.talk({ prompt: 'one' })).ended)
    const second = classifyOutcome((await real.session.talk({ prompt: 'two' })).ended)
    expect(second.sessionCostUsd).toBeCloseTo(2 * (first.sessionCostUsd ?? 0), 6)
  })
})

describe('the real program, and the one that is started ahead for the next task,', () => {
  it('changes nothing by its own start of what it reads when it starts', async () => {
    await using real = await startRealClaude(() => says('Done.'))
    const { cwd, configDir } = real.session
    const mark = () => markOfStart(cwd, { CLAUDE_CONFIG_DIR: configDir })
    // What it makes in a new folder is there from then on.
    await real.session.talk({ prompt: 'one' })
    const before = mark()
    await real.session.talk({ prompt: 'two' })
    expect(mark()).toBe(before)
  })
})

describe('the real program asks', () => {
  it('runs a command once it is allowed', async () => {
    await using real = await startRealClaude(({ number }) => (number === 1 ? runs('touch made.txt') : says('Done.')))
    const { ended, asks } = await real.session.talk({
      prompt: 'go',
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'allow' }),
    })
    expect(asks).toMatchObject([{ kind: 'permission', tool: 'Bash', input: { command: 'touch made.txt' } }])
    expect(existsSync(join(real.session.cwd, 'made.txt'))).toBe(true)
    expect(classifyOutcome(ended).kind).toBe('done')
  })

  it('does not run a denied command and reads the reason', async () => {
    await using real = await startRealClaude(({ number }) => (number === 1 ? runs('touch made.txt') : says('Without.')))
    const { ended } = await real.session.talk({
      prompt: 'go',
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'deny', message: 'Use mkdir instead.' }),
    })
    expect(existsSync(join(real.session.cwd, 'made.txt'))).toBe(false)
    expect(real.api.requests[1]?.toolResults).toMatchObject([{ text: 'Use mkdir instead.', isError: true }])
    expect(classifyOutcome(ended).kind).toBe('done')
  })

  it('reads an option, several options and free words as answers', async () => {
    await using real = await startRealClaude(({ number }) => (number === 1 ? asksThree() : says('Thanks.')))
    const { asks } = await real.session.talk({
      prompt: 'go',
      onAsk: (ask, claude) => {
        claude.answerQuestion(ask.requestId, {
          'Which color?': 'Blue',
          'Which sizes?': 'S, L',
          'Which name?': 'none of these: call it "Ada"',
        })
      },
    })
    expect(asks[0]).toMatchObject({ kind: 'question', canDefer: true, questions: [{}, { multiSelect: true }, {}] })
    const result = real.api.requests[1]?.toolResults[0]?.text
    expect(result).toContain('"Which color?"="Blue"')
    expect(result).toContain('"Which sizes?"="S, L"')
    expect(result).toContain('none of these: call it "Ada"')
  })

  it('reads the bare words when a question is refused', async () => {
    await using real = await startRealClaude(({ number }) => (number === 1 ? asksThree() : says('I chose.')))
    const words = 'Nobody is there. Choose the most reasonable option and say so.'
    await real.session.talk({
      prompt: 'go',
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'deny', message: words }),
    })
    expect(real.api.requests[1]?.toolResults[0]?.text).toBe(words)
  })

  it('takes up what is said while a command runs', async () => {
    await using real = await startRealClaude(({ number }) => (number === 1 ? runs('sleep 1') : says('Both done.')))
    const { ended } = await real.session.talk({
      prompt: 'go',
      permissionMode: 'bypassPermissions',
      onMessage: (message, claude) => {
        if (message.type === 'assistant' && message.blocks[0]?.type === 'tool_use') claude.say('/clear is what I say')
      },
    })
    expect(JSON.stringify(real.api.requests[1]?.body.messages).includes('/clear is what I say')).toBe(true)
    expect(ended).toMatchObject({ complete: true, unheard: [] })
  })

  it('answers what is said in its last moment before it ends', async () => {
    await using real = await startRealClaude(({ number }) => says(number === 1 ? 'First.' : 'Second.'))
    const { ended } = await real.session.talk({
      prompt: 'go',
      onMessage: (message, claude) => {
        if (message.type === 'assistant' && real.api.requests.length === 1) claude.say('one more thing')
      },
    })
    expect(classifyOutcome(ended)).toMatchObject({ kind: 'done', result: 'Second.' })
  })
})

describe('the real program fails', () => {
  it('reaches the maximum of turns', async () => {
    await using real = await startRealClaude(() => runs('true'))
    const { ended } = await real.session.talk({ prompt: 'go', permissionMode: 'bypassPermissions', maxTurns: 2 })
    expect(classifyOutcome(ended).kind).toBe('max-turns')
  })

  it('reaches its budget', async () => {
    await using real = await startRealClaude(() => runs('true'))
    const { ended } = await real.session.talk({ prompt: 'go', permissionMode: 'bypassPermissions', budgetUsd: 0.0001 })
    expect(classifyOutcome(ended).kind).toBe('budget')
  })

  it('hits a usage limit, and goes on after the reset in the same session', async () => {
    const resetsAt = Math.floor(Date.now() / 1000) + 5
    await using real = await startRealClaude(
      () => (Date.now() / 1000 < resetsAt ? usageLimit(resetsAt) : says('Finished.')),
      { subscription: true },
    )
    const first = classifyOutcome((await real.session.talk({ prompt: 'go' })).ended)
    expect(first).toMatchObject({ kind: 'limit', resetsAt: resetsAt * 1000, limitType: 'five_hour' })
    await new Promise((resolve) => setTimeout(resolve, resetsAt * 1000 - Date.now()))
    const prompt = continuationPrompt({ reason: 'limit' })
    expect(classifyOutcome((await real.session.talk({ prompt })).ended)).toMatchObject({
      kind: 'done',
      result: 'Finished.',
    })
  })

  it('does not take a transcript about limits for a limit', async () => {
    await using real = await startRealClaude(() => says("You've hit your 5-hour limit · resets 5pm. Please run /login"))
    expect(classifyOutcome((await real.session.talk({ prompt: 'go' })).ended).kind).toBe('done')
  })

  it('cannot log in', async () => {
    await using real = await startRealClaude(() => badCredentials())
    const outcome = classifyOutcome((await real.session.talk({ prompt: 'go' })).ended)
    expect(outcome.kind).toBe('credentials')
    expect(outcome.text).toContain('claude auth login')
  })

  it('finds the service overloaded, and not reachable', async () => {
    await using real = await startRealClaude(() => overloaded())
    expect(classifyOutcome((await real.session.talk({ prompt: 'go' })).ended).kind).toBe('overloaded')
    const env = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }
    expect(classifyOutcome((await real.session.talk({ prompt: 'go', env })).ended).kind).toBe('overloaded')
  })

  it('says that a session is missing, or taken', async () => {
    await using real = await startRealClaude(() => says('Hi.'))
    const missing = await real.session.talk({ prompt: 'go', resume: true })
    expect(classifyOutcome(missing.ended).session).toBe('missing')
    await real.session.talk({ prompt: 'go', resume: false })
    const taken = await real.session.talk({ prompt: 'go', resume: false })
    expect(classifyOutcome(taken.ended)).toMatchObject({ kind: 'crashed', session: 'taken' })
  })
})

describe('the real program is ended and continued', () => {
  it('finds its session from another folder, also when its own is gone', async () => {
    await using real = await startRealClaude(({ number }) => says(number === 1 ? 'Hi, I am the first.' : 'Again.'))
    await real.session.talk({ prompt: 'remember this word: cornflower' })
    const folder = join(real.session.cwd, '..', 'another')
    mkdirSync(folder)
    rmSync(real.session.cwd, { recursive: true })
    const { ended } = await real.session.talk({ prompt: 'which word?', resume: true, folder })
    expect(classifyOutcome(ended).kind).toBe('done')
    const { body } = real.api.requests.at(-1) ?? {}
    expect(JSON.stringify(body?.messages)).toMatch(/cornflower.*Hi, I am the first\..*which word\?/)
    expect(JSON.stringify(body)).toContain(folder)
  })

  it('goes on after kill -9 in the middle of a permission', async () => {
    await using real = await startRealClaude(({ number }) => (number <= 2 ? runs('touch made.txt') : says('Done.')))
    let pid = 0
    const killed = await real.session.talk({
      prompt: 'go',
      onSpawn: (its) => {
        pid = its
      },
      // Claude writes its transcript a moment late: killed at once, there may be no session yet.
      onAsk: () => void setTimeout(() => process.kill(pid, 'SIGKILL'), 500),
    })
    expect(classifyOutcome(killed.ended)).toMatchObject({ kind: 'crashed', signal: 'SIGKILL' })
    expect(killed.ended.openAsks).toHaveLength(1)
    const { ended } = await real.session.talk({
      prompt: continuationPrompt({ reason: 'granted', tool: 'Bash', shown: 'touch made.txt' }),
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'allow' }),
    })
    expect(classifyOutcome(ended).kind).toBe('done')
    expect(existsSync(join(real.session.cwd, 'made.txt'))).toBe(true)
  })

  it('parks a permission, and the granted call is asked for again', async () => {
    await using real = await startRealClaude(({ number }) => (number <= 2 ? runs('touch made.txt') : says('Done.')))
    const parked = await real.session.talk({ prompt: 'go', onAsk: (_, claude) => void claude.end('park') })
    expect(classifyOutcome(parked.ended)).toMatchObject({ kind: 'parked' })
    const { ended, asks } = await real.session.talk({
      prompt: continuationPrompt({ reason: 'granted', tool: 'Bash', shown: 'touch made.txt' }),
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'allow' }),
    })
    expect(asks).toHaveLength(1)
    expect(classifyOutcome(ended).kind).toBe('done')
    // Parking is not written down as the user's refusal.
    expect(JSON.stringify(real.api.requests[1]?.body.messages).includes('was rejected')).toBe(false)
  })

  it('keeps a question by deferring it, twice in one session, and answers in new processes', async () => {
    await using real = await startRealClaude(({ number }) => {
      if (number <= 2) return asks(number === 1 ? 'First?' : 'Second?')
      return says('Both answered.')
    })
    const { session } = real
    const first = await session.talk({ prompt: 'go', onAsk: (_, claude) => void claude.end('park') })
    expect(classifyOutcome(first.ended).kind).toBe('deferred')
    const second = await session.talk({
      onAsk: (ask, claude) => {
        if (ask.kind === 'question' && ask.questions[0]?.question === 'First?') {
          claude.answerQuestion(ask.requestId, { 'First?': 'Yes' })
        } else claude.defer(ask.requestId)
      },
    })
    expect(classifyOutcome(second.ended).kind).toBe('deferred')
    expect(second.asks.map((ask) => ask.toolUseId)[0]).toBe(first.asks[0]?.toolUseId)
    const third = await session.talk({
      onAsk: (ask, claude) => claude.answerQuestion(ask.requestId, { 'Second?': 'No' }),
    })
    expect(classifyOutcome(third.ended)).toMatchObject({ kind: 'done', result: 'Both answered.' })
    expect(real.api.requests.at(-1)?.toolResults[0]?.text).toContain('"Second?"="No"')
  })

  it('keeps a question that is put off when everything ends in the same moment', async () => {
    await using real = await startRealClaude(() => asks('First?'))
    const { ended } = await real.session.talk({
      prompt: 'go',
      onAsk: (ask, claude) => {
        claude.defer(ask.requestId)
        void claude.end('shutdown')
      },
    })
    expect(classifyOutcome(ended).kind).toBe('deferred')
  })

  it('meets a kept question again when the session is given words instead', async () => {
    await using real = await startRealClaude(({ number }) => (number === 1 ? asks('First?') : says('Understood.')))
    await real.session.talk({ prompt: 'go', onAsk: (_, claude) => void claude.end('park') })
    const { ended } = await real.session.talk({
      prompt: answerInWords({ 'First?': 'Yes' }),
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'deny', message: 'Answered in words.' }),
    })
    expect(classifyOutcome(ended)).toMatchObject({ kind: 'done', result: 'Understood.' })
  })

  it('ends soon when there is no kept call to continue by', async () => {
    await using real = await startRealClaude(() => says('Hi.'))
    await real.session.talk({ prompt: 'go' })
    const { ended } = await real.session.talk({ limits: { startMs: 3_000 } })
    expect(classifyOutcome(ended)).toMatchObject({ kind: 'timeout', session: 'not-deferred' })
  })

  it('leaves nothing behind, whatever a command started', async () => {
    const command = [
      "(trap '' TERM HUP INT; sleep 300) &",
      'setsid -f sleep 300;',
      '(setsid bash -c "trap \'\' TERM; sleep 300; sleep 300" &) ;',
      "trap '' TERM; sleep 300; sleep 300",
    ].join(' ')
    await using real = await startRealClaude(({ number }) => (number === 1 ? runs(command) : says('Resumed.')))
    const { claude } = real.session.start({
      prompt: 'go',
      permissionMode: 'bypassPermissions',
      onMessage: (message) => {
        if (message.type === 'assistant') setTimeout(() => void claude.end('pause'), 700)
      },
    })
    const ended = await claude.finished
    expect(classifyOutcome(ended).kind).toBe('interrupted')
    expect(ended.leftovers.length).toBeGreaterThan(0)
    expect(ended.survivors).toEqual([])
    const next = await real.session.talk({ prompt: continuationPrompt({ reason: 'paused' }) })
    expect(classifyOutcome(next.ended)).toMatchObject({ kind: 'done', result: 'Resumed.' })
  })

  it('does not wait for the service when it is ended', async () => {
    await using real = await startRealClaude(() => ({ kind: 'hang' }))
    const { claude } = real.session.start({
      prompt: 'go',
      onMessage: (message) => {
        if (message.type === 'init') setTimeout(() => void claude.end('shutdown'), 300)
      },
    })
    const ended = await claude.finished
    expect(classifyOutcome(ended).kind).toBe('interrupted')
    expect(ended.durationMs).toBeLessThan(10_000)
  })
})

function asksThree() {
  const options = (...labels: string[]) => labels.map((label) => ({ label, description: label }))
  return calls({
    name: 'AskUserQuestion',
    input: {
      questions: [
        { question: 'Which color?', header: 'Color', options: options('Red', 'Blue'), multiSelect: false },
        { question: 'Which sizes?', header: 'Size', options: options('S', 'M', 'L'), multiSelect: true },
        { question: 'Which name?', header: 'Name', options: options('Anna', 'Berta'), multiSelect: false },
      ],
    },
  })
}

function asks(question: string) {
  const options = ['Yes', 'No'].map((label) => ({ label, description: label }))
  return calls({
    name: 'AskUserQuestion',
    input: { questions: [{ question, header: 'Q', options, multiSelect: false }] },
  })
}
