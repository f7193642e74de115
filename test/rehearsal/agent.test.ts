import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { classifyOutcome } from '../../src/claude/outcome/outcome.ts'
import { continuationPrompt } from '../../src/claude/start/prompt.ts'
import { takeDecision } from '../../src/rehearsal/turn.ts'
import { REHEARSAL, rehearse, script } from '../support/rehearsal-agent.ts'

const [node = '', file = ''] = REHEARSAL

describe('the rehearsal agent', () => {
  it('says everywhere that it is one', async () => {
    expect(execFileSync(node, [file, '--version'], { encoding: 'utf8' })).toBe('0.0.0 (Baton rehearsal)\n')
    using session = rehearse()
    const { ended } = await session.talk({ prompt: '# Add a login\n\nDo it well.' })
    expect(ended).toMatchObject({ version: 'rehearsal', model: 'rehearsal' })
    expect(classifyOutcome(ended).result).toMatch(/^\(rehearsal\) Acted out “Add a login”/)
  })

  it('changes nothing without directives, and ends well at a small made-up cost', async () => {
    using session = rehearse()
    const { ended } = await session.talk({ prompt: '# Add a login' })
    const outcome = classifyOutcome(ended)
    expect(outcome).toMatchObject({ kind: 'done', exitCode: 0 })
    expect(outcome.sessionCostUsd).toBeGreaterThan(0)
    expect(outcome.sessionCostUsd).toBeLessThan(0.1)
    expect(execFileSync('ls', ['-A', session.cwd], { encoding: 'utf8' })).toBe('')
  })

  it('really edits files and runs commands', async () => {
    using session = rehearse()
    const { messages } = await session.talk({
      prompt: script('edit deep/a.txt "one\\ntwo"', 'bash cat deep/a.txt; echo "$BATON_ATTEMPT"; exit 2'),
      permissionMode: 'bypassPermissions',
    })
    expect(readFileSync(join(session.cwd, 'deep/a.txt'), 'utf8')).toBe('one\ntwo')
    const results = messages.flatMap((message) => (message.type === 'tool_results' ? message.results : []))
    expect(results.at(-1)).toMatchObject({ text: `one\ntwo${session.attemptId}`, isError: true })
  })

  it('goes on where it stood when it is resumed, and its costs add up', async () => {
    using session = rehearse()
    const first = await session.talk({ prompt: script('edit a.txt "1"', 'fail-once Tests are red', 'edit b.txt "2"') })
    const failed = classifyOutcome(first.ended)
    expect(failed).toMatchObject({ kind: 'failed', text: 'Claude reported an error: Tests are red' })
    expect(existsSync(join(session.cwd, 'b.txt'))).toBe(false)
    const prompt = continuationPrompt({ reason: 'retry', failure: failed.text })
    const second = classifyOutcome((await session.talk({ prompt })).ended)
    expect(second).toMatchObject({ kind: 'done', result: expect.stringContaining('wrote a.txt, wrote b.txt') })
    expect(second.sessionCostUsd).toBeGreaterThan(failed.sessionCostUsd ?? 0)
  })

  it('takes an answer for the question that was asked, and asks what nobody has answered', () => {
    const ask = (rest: string) => ({ name: 'ask', rest, always: false })
    const session = { id: 's', title: 'x', steps: [ask('"Which?" A|B'), ask('"How?"')], next: 0, done: [], costUsd: 0 }
    takeDecision(session, continuationPrompt({ reason: 'answered', answers: { 'Another?': 'A' } }))
    expect(session).toMatchObject({ next: 0, done: [] })
    takeDecision(session, continuationPrompt({ reason: 'answered', answers: { 'Which?': 'A' } }))
    expect(session).toMatchObject({ next: 1, done: ['was told “A”'] })
  })

  it('fails every time when it is told to', async () => {
    using session = rehearse()
    for (let i = 0; i < 2; i++) {
      const { ended } = await session.talk({ prompt: i === 0 ? script('fail') : 'Again.' })
      expect(classifyOutcome(ended).kind).toBe('failed')
    }
  })

  it('is limited until its reset, and free after it', async () => {
    using session = rehearse()
    const kindOf = async (prompt: string) => classifyOutcome((await session.talk({ prompt })).ended)
    const first = await kindOf(script('limit 2s', 'edit a.txt "x"'))
    expect(first.kind).toBe('limit')
    expect(await kindOf('Go on.')).toMatchObject({ kind: 'limit', resetsAt: first.resetsAt })
    await sleep(Math.max(0, (first.resetsAt ?? 0) - Date.now()))
    expect(await kindOf('Go on.')).toMatchObject({ kind: 'done', result: expect.stringContaining('wrote a.txt') })
  })

  it('does not make a denied call again', async () => {
    using session = rehearse()
    await session.talk({
      prompt: script('bash touch a.txt', 'edit b.txt "x"'),
      onAsk: (_, claude) => void claude.end('park'),
    })
    const prompt = continuationPrompt({ reason: 'denied', tool: 'Bash', shown: 'touch a.txt' })
    const { ended, asks } = await session.talk({ prompt })
    expect(asks).toEqual([])
    expect(classifyOutcome(ended).kind).toBe('done')
    expect([existsSync(join(session.cwd, 'a.txt')), existsSync(join(session.cwd, 'b.txt'))]).toEqual([false, true])
  })

  it('knows no session that was not started, and begins none twice', async () => {
    using session = rehearse()
    expect(classifyOutcome((await session.talk({ prompt: 'Hi', resume: true })).ended).session).toBe('missing')
    await session.talk({ prompt: 'Hi', resume: false })
    expect(classifyOutcome((await session.talk({ prompt: 'Hi', resume: false })).ended).session).toBe('taken')
  })

  it('waits for ever when it is resumed without words and keeps no question', async () => {
    using session = rehearse()
    await session.talk({ prompt: 'Hi' })
    const { ended } = await session.talk({ limits: { startMs: 500, graceMs: 100 } })
    expect(classifyOutcome(ended)).toMatchObject({ kind: 'timeout', session: 'not-deferred' })
  })

  it('writes its starts and ends into a journal, and no end when it is killed', async () => {
    using session = rehearse()
    const journal = join(session.configDir, 'journal')
    const env = { BATON_REHEARSAL_JOURNAL: journal }
    const lines = () => readFileSync(journal, 'utf8').trimEnd().split('\n')
    const killed = await session.talk({ prompt: script('crash SIGKILL'), env })
    const done = await session.talk({ prompt: 'Go on.', env })
    const time = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z'
    const line = (what: string, pid = 0) =>
      expect.stringMatching(`^${what} ${session.sessionId} A rehearsed task ${pid} ${time}$`)
    expect(lines()).toEqual([
      line('start', killed.ended.pid),
      line('start', done.ended.pid),
      line('end', done.ended.pid),
    ])
  })

  it('says which directive it does not know', async () => {
    using session = rehearse()
    const { messages } = await session.talk({ prompt: script('dance wildly') })
    expect(JSON.stringify(messages)).toContain('I do not know how to act out “dance”')
  })
})
