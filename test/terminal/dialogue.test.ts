import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/core/commands/commands.ts'
import type { Ask, AskKind } from '../../src/core/types.ts'
import { type AskDialogue, beginDialogue, hear, promptOf, type Turn } from '../../src/terminal/talk/dialogue.ts'
import { anAsk, colours } from './live-screens.ts'

const target = { askId: 'ask1', hash: 'hash1' }

/** Types lines one after the other; gives what the last one led to. */
function type(ask: Ask, ...lines: string[]): Turn {
  let dialogue: AskDialogue = beginDialogue(ask)
  let turn: Turn = { dialogue }
  for (const line of lines) {
    turn = hear(dialogue, line)
    if ('dialogue' in turn) dialogue = turn.dialogue
  }
  return turn
}

/** The answer that lines lead to, without its target. */
function answerTo(ask: Ask, ...lines: string[]): Partial<Extract<Command, { type: 'answer' }>> {
  const turn = type(ask, ...lines)
  if (!('command' in turn) || turn.command.type !== 'answer') throw new Error(`undecided: ${JSON.stringify(turn)}`)
  const { type: _, target: bound, ...answer } = turn.command
  expect(bound).toEqual(target)
  return answer
}

const remarkTo = (ask: Ask, ...lines: string[]) => {
  const turn = type(ask, ...lines)
  return 'remark' in turn ? turn.remark : undefined
}

describe('a dialogue about an approval', () => {
  const ask = anAsk({ kind: 'approval' })

  it('shows the options as they may be typed', () => {
    expect(promptOf(beginDialogue(ask))).toEqual([
      'Start task 3: Add a login endpoint?',
      '1 Approve · 2 Reject · 3 Skip · 4 Stop · l log',
    ])
  })

  it.each(['1', 'a', 'approve', 'Approve', 'y', 'yes', 'YES'])('takes %s for approve', (line) => {
    expect(answerTo(ask, line)).toEqual({ choice: 'approve' })
  })

  it('takes the reason of a rejection with it, or asks for it', () => {
    expect(answerTo(ask, 'reject not on a Friday')).toEqual({ choice: 'reject', text: 'not on a Friday' })
    expect(answerTo(ask, '2', 'not on a Friday')).toEqual({ choice: 'reject', text: 'not on a Friday' })
    expect(answerTo(ask, 'n', '')).toEqual({ choice: 'reject' })
  })

  it('asks again when the beginning of a word fits several options', () => {
    expect(remarkTo(ask, 's')).toBe('“s” is not an option. Skip or Stop?')
    expect(answerTo(ask, 's', 'sk')).toEqual({ choice: 'skip' })
  })

  it('decides nothing by Enter alone', () => {
    expect(remarkTo(ask, '')).toBe('Please choose; Enter alone decides nothing.')
  })

  it('does not take words for an option that has none', () => {
    expect(remarkTo(ask, 'approve but quickly')).toContain('is not an answer')
  })

  it('shows the log when that is wanted, and stands where it stood', () => {
    expect(type(ask, '2', 'l')).toEqual({ show: 'log' })
    expect(answerTo(ask, '2', 'l', 'because')).toEqual({ choice: 'reject', text: 'because' })
  })
})

describe('a dialogue about a permission', () => {
  const ask = anAsk({ kind: 'permission', title: 'Run a command', rule: 'Bash(npm test:*)' })

  it('names the rule that would hold for the task', () => {
    expect(promptOf(beginDialogue(ask)).slice(1)).toEqual([
      '“Allow for this task” allows every npm test command, with any arguments',
      '1 Allow · 2 Allow for this task · 3 Deny · l log',
    ])
  })

  it('takes the smaller grant where a word could mean both', () => {
    expect(answerTo(ask, 'a')).toEqual({ choice: 'allow' })
    expect(answerTo(ask, 'allow')).toEqual({ choice: 'allow' })
    expect(answerTo(ask, 'allow for this task')).toEqual({ choice: 'allow-task' })
    expect(answerTo(ask, '2')).toEqual({ choice: 'allow-task' })
  })

  it('asks what to do instead when it is denied', () => {
    expect(promptOf({ ask, step: { at: 'reason', choice: 'deny' } }).at(-1)).toContain('instead')
    expect(answerTo(ask, 'd', 'use pnpm')).toEqual({ choice: 'deny', text: 'use pnpm' })
  })

  it('does not take other words for a denial', () => {
    expect(remarkTo(ask, 'perhaps')).toBe('“perhaps” is not an option. Allow or Allow for this task or Deny?')
  })
})

describe('a dialogue about questions', () => {
  const one = anAsk({ kind: 'question', questions: [colours()] })
  const several = anAsk({ kind: 'question', questions: [colours({ multiSelect: true })] })
  const given = (ask: Ask, ...lines: string[]) => Object.values(answerTo(ask, ...lines).answers ?? {})

  it('takes numbers, labels in any case, and any other words', () => {
    expect(given(one, '2')).toEqual(['Blue'])
    expect(given(one, 'dark GREEN')).toEqual(['Dark green'])
    expect(given(one, 'Something between, please')).toEqual(['Something between, please'])
  })

  it('takes several choices only where several are allowed', () => {
    expect(given(several, '1,3')).toEqual(['Red, Dark green'])
    expect(given(several, '3, blue, 3')).toEqual(['Dark green, Blue'])
    expect(given(several, '1, something new')).toEqual(['Red, something new'])
    expect(remarkTo(one, '1,3')).toContain('Only one can be chosen')
  })

  it('asks again for a number that is no option, and takes it after an equals sign', () => {
    expect(remarkTo(one, '7')).toBe('There is no option 7, options 1 to 3. To answer “7” itself, type =7')
    expect(given(one, '=7')).toEqual(['7'])
  })

  it('takes a number as it is where there are no options', () => {
    const free = anAsk({ kind: 'question', questions: [colours({ options: [] })] })
    expect(given(free, '7')).toEqual(['7'])
  })

  it('puts several questions one after the other and answers all of them at once', () => {
    const ask = anAsk({ kind: 'question', questions: [colours(), { ...colours(), question: 'How big?', options: [] }] })
    expect(promptOf(beginDialogue(ask))[0]).toBe('Question 1 of 2: Which colour?')
    expect(answerTo(ask, '2', 'large')).toEqual({
      choice: 'answer',
      answers: { 'Which colour?': 'Blue', 'How big?': 'large' },
    })
  })
})

describe('a dialogue about a review or a failure', () => {
  it('sends back only with words', () => {
    const ask = anAsk({ kind: 'review' })
    expect(remarkTo(ask, 'send', '')).toBe('Tell Claude what to change.')
    expect(answerTo(ask, 'send', 'rename it')).toEqual({ choice: 'send-back', text: 'rename it' })
    expect(answerTo(ask, '2 rename it')).toEqual({ choice: 'send-back', text: 'rename it' })
  })

  it('asks back before it undoes', () => {
    const ask = anAsk({ kind: 'review' })
    expect(type(ask, 'undo')).toMatchObject({ dialogue: { step: { at: 'sure' } } })
    expect(remarkTo(ask, 'undo', 'maybe')).toBe('Please type yes or no.')
    expect(type(ask, 'undo', 'no')).toMatchObject({ dialogue: { step: { at: 'choice' } } })
    expect(answerTo(ask, 'undo', 'yes')).toEqual({ choice: 'undo' })
  })

  it('takes words along with a retry', () => {
    const ask = anAsk({ kind: 'failure' })
    expect(answerTo(ask, 'r')).toEqual({ choice: 'retry' })
    expect(answerTo(ask, 'retry with the other library')).toEqual({ choice: 'retry', text: 'with the other library' })
  })
})

it('whatever is typed, only a choice of the ask is ever made', () => {
  const kinds: AskKind[] = ['approval', 'permission', 'question', 'review', 'failure']
  const word = fc.constantFrom('1', '2', '9', 'a', 'y', 'n', 'skip', 'deny it', 'undo', '', 'l', '=x', '1,2')
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.array(fc.oneof(word, fc.string()), { minLength: 1, maxLength: 6 }),
      (kind, lines) => {
        const ask = anAsk({ kind, ...(kind === 'question' && { questions: [colours()] }) })
        let dialogue = beginDialogue(ask)
        for (const line of lines) {
          const turn = hear(dialogue, line)
          if ('command' in turn) {
            const given = turn.command as Extract<Command, { type: 'answer' }>
            expect(given.target).toEqual(target)
            expect(ask.options.map(({ choice }) => choice)).toContain(given.choice)
            return
          }
          if ('dialogue' in turn) dialogue = turn.dialogue
          expect(promptOf(dialogue).length).toBeGreaterThan(0)
        }
      },
    ),
  )
})
