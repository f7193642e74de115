import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/core/commands/commands.ts'
import { naming, toGive } from '../../src/core/commands/naming.ts'
import type { Reply } from '../../src/core/inputs.ts'
import { createConversation } from '../../src/terminal/follow/conversation.ts'
import { callName } from '../../src/terminal/show/how-to.ts'
import { plain } from '../../src/terminal/show/paint.ts'
import { anAsk, colours } from './live-screens.ts'

/** A conversation with what it did; every act is answered with `reply`. */
function talk(reply: Reply = { ok: true, text: 'Done.' }) {
  const acts: Command[] = []
  const printed: string[] = []
  let left = 0
  const conversation = createConversation({
    submit: async (command) => {
      acts.push(command)
      return reply
    },
    call: callName({}),
    print: (lines) => void printed.push(...lines),
    log: () => ['── a.log'],
    leave: () => void left++,
    changed: () => undefined,
    redact: (text) => text,
    paint: plain,
  })
  /** Types a line key by key, as the keyboard tells it. */
  const type = async (line: string) => {
    for (let i = 1; i <= line.length; i++) conversation.edit(line.slice(0, i))
    await conversation.line(line)
  }
  return { conversation, acts, printed, type, left: () => left }
}

const approval = anAsk({ kind: 'approval' })
const question = anAsk({ kind: 'question', id: 'ask2', title: 'Which colour?', questions: [colours()] })

describe('a conversation', () => {
  it('names commands as they are typed here, and those that cannot be as in another terminal', async () => {
    const said = async (words: ReturnType<typeof naming>) => {
      const { conversation, type } = talk({ ok: false, ...words })
      await type('skip')
      return conversation.notice()
    }
    expect(await said(naming`Which? As in ${toGive('skip', 1)}.`)).toBe('Which? As in skip 1.')
    expect(await said(naming`It lands. Use ${toGive('undo', 1)} afterwards.`)).toBe(
      'It lands. Use baton undo 1 afterwards.',
    )
  })

  it('puts asks one after the other, each printed whole once', async () => {
    const { conversation, printed } = talk()
    conversation.setAsks([approval, question])
    conversation.setAsks([approval, question])
    expect(printed.filter((line) => line.includes('Approval'))).toHaveLength(1)
    expect(conversation.prompt()?.[0]).toBe('Start task 3: Add a login endpoint? (1 more waiting)')
    conversation.setAsks([question])
    expect(printed).toContain('    1. Red')
    expect(conversation.prompt()?.[0]).toBe('Which colour?')
    conversation.setAsks([])
    expect(conversation.prompt()).toBeUndefined()
  })

  it('takes lines for commands while nothing is asked', async () => {
    const { acts, type, printed, left, conversation } = talk()
    for (const line of [
      'pause',
      '/resume',
      'skip 2 not needed',
      'say use the helper',
      'retry 4',
      'stop',
      'log',
      'quit',
    ]) {
      await type(line)
    }
    expect(acts).toEqual([
      { type: 'pause' },
      { type: 'resume' },
      { type: 'skip', task: 2, why: 'not needed' },
      { type: 'say', text: 'use the helper' },
      { type: 'retry', task: 4 },
      { type: 'stop' },
    ])
    expect(printed).toEqual(['── a.log'])
    expect(left()).toBe(1)
    await type('puase')
    expect(conversation.notice()).toContain('Did you mean pause?')
  })

  it('takes lines for answers while something is asked, and for commands only after a slash', async () => {
    const { acts, type, conversation } = talk()
    conversation.setAsks([question])
    await type('/say be quick')
    await type('pause')
    await type('/usr/local/bin')
    expect(acts).toMatchObject([
      { type: 'say', text: 'be quick' },
      { type: 'answer', answers: { 'Which colour?': 'pause' } },
      { type: 'answer', answers: { 'Which colour?': '/usr/local/bin' } },
    ])
  })

  it('never takes a line that was started before an ask for an answer to it', async () => {
    const { acts, type, conversation } = talk()
    for (let i = 1; i <= 3; i++) conversation.edit('say'.slice(0, i))
    conversation.setAsks([question])
    await conversation.line('say hurry up')
    expect(acts).toEqual([{ type: 'say', text: 'hurry up' }])
    conversation.setAsks([approval])
    conversation.edit('1')
    conversation.setAsks([question])
    await conversation.line('1')
    expect(acts).toHaveLength(1)
    expect(conversation.notice()).toBe('There is a different question now; what you typed was not sent.')
    await type('1')
    expect(acts).toHaveLength(2)
  })

  it('says when an answer came too late', async () => {
    const { type, conversation } = talk({ ok: false, code: 'closed', text: 'Already decided: Approved by Anna.' })
    conversation.setAsks([approval])
    await type('n')
    await type('')
    expect(conversation.notice()).toBe('Already decided: Approved by Anna.')
  })
})
