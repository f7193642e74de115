import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { classifyOutcome } from '../../src/claude/outcome/outcome.ts'
import { startClaude } from '../../src/claude/process/process.ts'
import { findProcess } from '../../src/claude/process/process-list.ts'
import { answerInWords, continuationPrompt } from '../../src/claude/start/prompt.ts'
import type { ClaudeStart, EndedProcess } from '../../src/claude/types.ts'
import { TEST_LIMITS } from '../support/claude-session.ts'
import { processesOf, rehearse, script } from '../support/rehearsal-agent.ts'

const words = (ended: EndedProcess): string => classifyOutcome(ended).result ?? ''

describe('a permission', () => {
  it('runs the command once it is allowed', async () => {
    using session = rehearse()
    const { ended, asks } = await session.talk({
      prompt: script('bash touch made.txt'),
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'allow' }),
    })
    expect(asks).toMatchObject([{ kind: 'permission', tool: 'Bash', input: { command: 'touch made.txt' } }])
    expect(existsSync(join(session.cwd, 'made.txt'))).toBe(true)
    expect(words(ended)).toContain('ran touch made.txt')
  })

  it('is answered once: the second answer and one to nothing are refused', async () => {
    using session = rehearse()
    const answers: boolean[] = []
    await session.talk({
      prompt: script('bash true'),
      onAsk: (ask, claude) => {
        answers.push(claude.answer('nothing', { behavior: 'allow' }))
        answers.push(claude.defer(ask.requestId))
        answers.push(claude.answer(ask.requestId, { behavior: 'deny', message: 'No.' }))
        answers.push(claude.answer(ask.requestId, { behavior: 'allow' }))
      },
    })
    expect(answers).toEqual([false, false, true, false])
  })

  it('is told when Claude takes it back, and cannot be answered then', async () => {
    using session = rehearse()
    let late: boolean | undefined
    const { asks, withdrawn, ended } = await session.talk({
      prompt: script('withdraw', 'wait 100ms'),
      onAsk: (ask, claude) => void sleep(150).then(() => (late = claude.answer(ask.requestId, { behavior: 'allow' }))),
    })
    expect(withdrawn).toEqual(asks.map((ask) => ask.requestId))
    expect(late).toBe(false)
    expect(ended.openAsks).toEqual([])
  })

  it('keeps stdin open: what closing it would do is deny', async () => {
    using session = rehearse()
    const { ended } = await session.talk({
      prompt: script('bash touch made.txt'),
      onAsk: (ask, claude) => void sleep(400).then(() => claude.answer(ask.requestId, { behavior: 'allow' })),
    })
    expect(words(ended)).toContain('ran touch made.txt')
  })

  it('stops the idle and the total clock while a person thinks, and starts them again', async () => {
    using session = rehearse()
    // What is left of the total after the thought is more than a busy machine needs to begin.
    const limits = { idleMs: 1_500, totalMs: 4_500, graceMs: 200 }
    const { ended } = await session.talk({
      prompt: script('bash true', 'hang'),
      limits,
      onAsk: (ask, claude) => void sleep(5_000).then(() => claude.answer(ask.requestId, { behavior: 'allow' })),
    })
    expect(ended.clock).toBe('idle')
    expect(ended.durationMs).toBeGreaterThan(6_400)
    expect(ended.turns).toBe(1)
  })
})

describe('a question', () => {
  it('is answered by labels, several labels and free words', async () => {
    using session = rehearse()
    const { ended, asks } = await session.talk({
      prompt: script('ask "Which color?" Red|Blue', 'ask "Which sizes?" S|M|L (multi)'),
      onAsk: (ask, claude) => claude.answerQuestion(ask.requestId, { 'Which color?': 'Mauve', 'Which sizes?': 'S, L' }),
    })
    expect(asks).toMatchObject([
      {
        kind: 'question',
        canDefer: true,
        questions: [
          { question: 'Which color?', options: [{ label: 'Red' }, { label: 'Blue' }], multiSelect: false },
          { question: 'Which sizes?', multiSelect: true },
        ],
      },
    ])
    expect(words(ended)).toContain('was told “Mauve”, was told “S, L”')
  })

  it('is kept over any number of processes, and answered where it stood', async () => {
    using session = rehearse()
    const first = await session.talk({
      prompt: script('edit a.txt "one"', 'ask "Go on?" Yes|No', 'edit b.txt "two"'),
      onAsk: (_, claude) => void claude.end('park'),
    })
    expect(classifyOutcome(first.ended).kind).toBe('deferred')
    for (let i = 0; i < 2; i++) {
      const again = await session.talk({ onAsk: (ask, claude) => claude.defer(ask.requestId) })
      expect(classifyOutcome(again.ended).kind).toBe('deferred')
      expect(again.asks[0]?.toolUseId).toBe(first.asks[0]?.toolUseId)
    }
    expect(existsSync(join(session.cwd, 'b.txt'))).toBe(false)
    const last = await session.talk({
      onAsk: (ask, claude) => claude.answerQuestion(ask.requestId, { 'Go on?': 'Yes' }),
    })
    expect(words(last.ended)).toContain('was told “Yes”, wrote b.txt')
  })

  it.each(['shutdown', 'pause', 'park'] as const)('stays put off when a %s follows at once', async (reason) => {
    using session = rehearse()
    const { ended } = await session.talk({
      prompt: script('ask "Go on?" Yes|No'),
      onAsk: (ask, claude) => {
        claude.defer(ask.requestId)
        void claude.end(reason)
      },
    })
    expect(classifyOutcome(ended).kind).toBe('deferred')
  })

  it('is answered in words after its process was killed', async () => {
    using session = rehearse()
    let pid = 0
    const killed = await session.talk({
      prompt: script('ask "Which color?" Red|Blue', 'edit a.txt "x"'),
      onSpawn: (its) => {
        pid = its
      },
      onAsk: () => process.kill(pid, 'SIGKILL'),
    })
    expect(classifyOutcome(killed.ended)).toMatchObject({ kind: 'crashed', signal: 'SIGKILL' })
    const { ended, asks } = await session.talk({ prompt: answerInWords({ 'Which color?': 'Blue' }) })
    expect(asks).toEqual([])
    expect(words(ended)).toContain('was told “Blue”, wrote a.txt')
  })

  it('is refused in bare words', async () => {
    using session = rehearse()
    const { messages, asks } = await session.talk({
      prompt: script('ask "Which color?" Red|Blue'),
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'deny', message: 'Choose yourself.' }),
    })
    const results = messages.flatMap((message) => (message.type === 'tool_results' ? message.results : []))
    expect(results).toMatchObject([{ text: 'Choose yourself.', isError: true }])
    expect(asks).toHaveLength(1)
  })
})

describe('what is said', () => {
  it('is heard between two steps', async () => {
    using session = rehearse()
    const { messages, ended } = await session.talk({
      prompt: script('wait 300ms', 'say Next'),
      onMessage: (message, claude) => {
        if (message.type === 'init') claude.say('and mind the gap')
      },
    })
    expect(JSON.stringify(messages)).toContain('Heard: and mind the gap')
    expect(ended).toMatchObject({ complete: true, unheard: [] })
  })

  it('is answered when it crosses the result', async () => {
    using session = rehearse()
    let said: boolean | undefined
    const { ended, messages } = await session.talk({
      prompt: script('say First'),
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'allow' }),
      onMessage: (message, claude) => {
        const isLast = message.type === 'assistant' && JSON.stringify(message).includes('Acted out')
        if (isLast && said === undefined) said = claude.say('rehearse: bash touch more.txt')
      },
    })
    expect(said).toBe(true)
    expect(messages.filter((message) => message.type === 'result')).toHaveLength(2)
    expect(ended).toMatchObject({ complete: true, unheard: [] })
    // Had stdin been closed at the first result, the command would have been denied.
    expect(existsSync(join(session.cwd, 'more.txt'))).toBe(true)
  })

  it('is refused once the final result is there, and not counted as unheard', async () => {
    using session = rehearse()
    let said: boolean | undefined
    const { ended } = await session.talk({
      prompt: script('say First'),
      onMessage: (message, claude) => {
        if (message.type === 'command' && message.state === 'completed') said = claude.say('late')
      },
    })
    expect(said).toBe(false)
    expect(ended).toMatchObject({ complete: true, unheard: [] })
  })

  it('comes back as unheard when the process dies first, and is refused after the end', async () => {
    using session = rehearse()
    const { claude } = session.start({
      prompt: script('hang'),
      limits: { graceMs: 200 },
      onMessage: (message) => {
        if (message.type !== 'init') return
        claude.say('too late')
        void claude.end('stop')
      },
    })
    expect((await claude.finished).unheard).toEqual(['too late'])
    expect(claude.say('hello?')).toBe(false)
    expect(claude.interrupt()).toBe(false)
  })
})

describe('the end', () => {
  it('parks a permission without an interrupt, and the grant is asked for again', async () => {
    using session = rehearse()
    const { ended, withdrawn } = await session.talk({
      prompt: script('bash touch made.txt'),
      onAsk: (_, claude) => void claude.end('park'),
    })
    expect(classifyOutcome(ended)).toMatchObject({ kind: 'parked', exitCode: 143 })
    expect(withdrawn).toEqual([])
    const next = await session.talk({
      prompt: continuationPrompt({ reason: 'granted', tool: 'Bash', shown: 'touch made.txt' }),
      onAsk: (ask, claude) => claude.answer(ask.requestId, { behavior: 'allow' }),
    })
    expect(next.asks).toHaveLength(1)
    expect(classifyOutcome(next.ended).kind).toBe('done')
  })

  it('interrupts a running command in an orderly way, and the session goes on', async () => {
    using session = rehearse()
    const { ended } = await session.talk({
      prompt: script('bash sleep 60', 'edit a.txt "x"'),
      permissionMode: 'bypassPermissions',
      onMessage: (message, claude) => {
        if (message.type === 'assistant') void claude.end('pause')
      },
    })
    expect(classifyOutcome(ended)).toMatchObject({ kind: 'interrupted', exitCode: 1 })
    expect(ended.result?.terminalReason).toBe('aborted_tools')
    expect(processesOf(session.attemptId)).toEqual([])
  })

  it('is over within 5 s for a shutdown, even when nothing is heard', async () => {
    using session = rehearse()
    const { claude } = session.start({
      prompt: script('child-sleep', 'ignore-sigterm'),
      limits: { graceMs: 30_000 },
      onMessage: (message) => {
        if (message.type === 'init') setTimeout(() => void claude.end('shutdown'), 300)
      },
    })
    const ended = await claude.finished
    expect(ended).toMatchObject({ reason: 'shutdown', signal: 'SIGKILL', survivors: [] })
    expect(ended.durationMs).toBeLessThan(5_300)
    expect(processesOf(session.attemptId)).toEqual([])
  })

  it('is told once, with the first reason, however often it is asked for', async () => {
    using session = rehearse()
    const { claude } = session.start({ prompt: script('hang'), limits: { graceMs: 200 } })
    const ends = await Promise.all([claude.end('pause'), claude.end('stop'), claude.finished])
    expect(ends.map((ended) => ended.reason)).toEqual(['pause', 'pause', 'pause'])
  })

  it('names a program or a folder that is missing', async () => {
    const start: ClaudeStart = {
      command: ['claude-that-is-not-there'],
      args: [],
      cwd: tmpdir(),
      env: { PATH: '/usr/bin' },
      attemptId: randomUUID(),
      prompt: 'Hello',
      limits: TEST_LIMITS,
    }
    const missing = await startClaude(start, { onAsk: () => {} }).finished
    expect(classifyOutcome(missing).text).toBe(
      'Claude could not be started: claude-that-is-not-there was not found in any folder of PATH',
    )
    const nowhere = await startClaude({ ...start, command: ['sh'], cwd: '/nowhere' }, { onAsk: () => {} }).finished
    expect(classifyOutcome(nowhere).text).toBe('Claude could not be started: the folder /nowhere does not exist')
    const script = join(mkdtempSync(join(tmpdir(), 'baton-script-')), 'claude')
    writeFileSync(script, '#!/no/such/node\n', { mode: 0o755 })
    onTestFinished(() => rmSync(dirname(script), { recursive: true }))
    const half = await startClaude({ ...start, command: [script] }, { onAsk: () => {} }).finished
    expect(classifyOutcome(half).text).toBe(
      `Claude could not be started: ${script} is there, but /no/such/node, named in its first line, was not found`,
    )
    const strange = await startClaude({ ...start, args: ['a\0b'] }, { onAsk: () => {} }).finished
    expect(classifyOutcome(strange).kind).toBe('crashed')
  })
})

describe('the reader', () => {
  it('tells pid and start time, and the raw lines before what they mean', async () => {
    using session = rehearse()
    const seen: string[] = []
    let spawned: { pid: number; startedAt: string; itself: ReturnType<typeof findProcess> } | undefined
    const { ended } = await session.talk({
      prompt: script('say Hi'),
      onSpawn: (pid, startedAt) => {
        spawned = { pid, startedAt, itself: findProcess(pid) }
      },
      onRaw: (line) => void seen.push(`raw ${JSON.parse(line.toString()).type}`),
      onMessage: (message) => void seen.push(message.type),
    })
    expect(spawned?.pid).toBe(ended.pid)
    expect(spawned?.startedAt).toBe((await spawned?.itself)?.startedAt)
    expect(seen.slice(seen.indexOf('raw result'), seen.indexOf('raw result') + 2)).toEqual(['raw result', 'result'])
  })

  it('reads no further while a listener is busy', async () => {
    using session = rehearse()
    let open = 0
    let most = 0
    const { ended } = await session.talk({
      prompt: script('print 1MB'),
      onRaw: async () => {
        most = Math.max(most, ++open)
        await sleep(5)
        open -= 1
      },
    })
    expect(most).toBe(1)
    expect(ended.complete).toBe(true)
  })

  it('goes on when a listener fails, and notes it', async () => {
    using session = rehearse()
    const { ended } = await session.talk({
      prompt: script('say Hi'),
      onRaw: () => Promise.reject(new Error('disk full')),
    })
    expect(classifyOutcome(ended).kind).toBe('done')
    expect(ended.notes).toContain('A listener failed: disk full')
  })

  it('keeps the end of stderr', async () => {
    using session = rehearse()
    const { ended } = await session.talk({ prompt: script('stderr 1MB') })
    expect(ended.stderr).toHaveLength(64 * 1024)
  })

  it('stays small while 100 MB are printed', async () => {
    using session = rehearse()
    let bytes = 0
    let most = 0
    const before = process.memoryUsage().rss
    await session.talk({
      prompt: script('print 100MB'),
      forgetful: true,
      onRaw: (line) => {
        bytes += line.length
        if (bytes % (1024 * 1024) < line.length) most = Math.max(most, process.memoryUsage().rss)
      },
    })
    expect(bytes).toBeGreaterThan(100 * 1024 * 1024)
    expect((most - before) / 1024 / 1024).toBeLessThan(120)
  })
})
