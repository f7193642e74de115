import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeTap, encodeTap, fileKey, type QuestionTap, type Tap } from '../../src/chat/callback.ts'
import { type Dialog, type DialogStep, newDialog, tapped, worded } from '../../src/chat/dialog.ts'
import { commandsOn } from '../../src/core/commands/catalogue.ts'
import { sampleQuestions as questions } from '../support/telegram-samples.ts'

const id = fc.stringMatching(/^[a-z0-9-]{16,36}$/)
const question = fc.nat(99)
const option = fc.nat(999)
const command = fc.constantFrom(...commandsOn('chat').map(({ name }) => name))
const tap: fc.Arbitrary<Tap> = fc.oneof(
  fc.record({
    kind: fc.constant('choice' as const),
    askId: id,
    choice: fc.constantFrom('approve', 'allow-task', 'send-back', 'undo'),
  }),
  fc.record({
    kind: fc.constant('question' as const),
    askId: id,
    tap: fc.record({ do: fc.constantFrom('pick', 'tick', 'untick'), question, option }),
  }),
  fc.record({
    kind: fc.constant('question' as const),
    askId: id,
    tap: fc.record({ do: fc.constantFrom('finish', 'other', 'back'), question }),
  }),
  fc.record({ kind: fc.constant('tasks' as const), runId: id, page: fc.nat(9999) }),
  fc.record({ kind: fc.constantFrom('log' as const, 'diff' as const), taskId: id }),
  fc.record({ kind: fc.constant('start' as const), fileKey: fc.string().map(fileKey) }),
  fc.record({ kind: fc.constant('command' as const), command }),
  fc.record({ kind: fc.constant('command' as const), command, runId: id }),
  fc.record({ kind: fc.constant('command' as const), command, queueKey: fc.string().map(fileKey) }),
  fc.constant({ kind: 'keep' as const }),
  fc.record({ kind: fc.constant('show' as const), askId: id }),
  fc.record({
    kind: fc.constant('words' as const),
    words: fc.constantFrom(
      { do: 'add' },
      { do: 'say', taskId: 'ktask3aaaaaaaaaa' },
      { do: 'answer', askId: 'k7dq2m9xw4ptabcd' },
    ),
  }),
  fc.record({ kind: fc.constant('card' as const), cardId: id, button: fc.nat(99) }),
  fc.record({ kind: fc.constant('undo' as const), taskId: id, key: fc.constant('u0a1b2c3d') }),
  fc.record({ kind: fc.constantFrom('redo' as const, 'bring-back' as const), taskId: id }),
) as fc.Arbitrary<Tap>

describe('callback data', () => {
  test('every tap comes back as it was, in at most 64 bytes', () => {
    fc.assert(
      fc.property(tap, (one) => {
        const data = encodeTap(one)
        expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64)
        expect(decodeTap(data)).toEqual(one)
      }),
    )
  })

  test('what no button says means nothing', () => {
    for (const data of [
      '',
      'x',
      ':',
      'id:',
      ':approve',
      'id:approved',
      'id:p1',
      'id:f1.2',
      '!tasks:a',
      '!start:../etc',
      '!do:rm',
      '!do:accept',
      '!at:r',
      '!at:r:rm',
      '!words:say',
      '!words:rm:x',
      '!show:a:b',
      '!undo:x',
      '!card:x',
      '!card:x:-1',
      'id:p1.9999',
      '!tasks:r:-1',
    ]) {
      expect([data, decodeTap(data)]).toEqual([data, undefined])
    }
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 64 }), (data) => void decodeTap(data)))
  })

  test('more than 64 bytes is a mistake of ours', () => {
    expect(() => encodeTap({ kind: 'choice', askId: 'x'.repeat(60), choice: 'approve' })).toThrow('more than 64 bytes')
  })
})

const play = (...acts: (QuestionTap | string)[]): DialogStep => {
  let dialog: Dialog = newDialog(questions)
  let step: DialogStep = { kind: 'changed', dialog }
  for (const act of acts) {
    step = typeof act === 'string' ? worded(questions, dialog, act) : tapped(questions, dialog, act)
    if (step.kind !== 'refused') dialog = step.dialog
  }
  return step
}
const pick = (option: number): QuestionTap => ({ do: 'pick', question: 0, option })
const tick = (option: number): QuestionTap => ({ do: 'tick', question: 1, option })
const finish: QuestionTap = { do: 'finish', question: 1 }
const [where, which] = ['Where should the sessions live?', 'Which pages need a signed-in person?']

describe('the dialog of a question', () => {
  test('one choice moves on, several wait for Done', () => {
    expect(play(pick(1))).toMatchObject({ kind: 'changed', dialog: { step: 1 } })
    expect(play(pick(1), tick(2), tick(0), finish)).toMatchObject({
      kind: 'answered',
      answers: { [where]: 'Redis', [which]: 'Orders, Settings' },
    })
  })

  test('the same tick twice is one tick, and it can be taken back', () => {
    expect(play(pick(0), tick(2), tick(2), tick(1), { do: 'untick', question: 1, option: 1 }, finish)).toMatchObject({
      answers: { [which]: 'Settings' },
    })
  })

  test('own words answer the question that is open, beside the ticks', () => {
    expect(play('in a file', tick(0), 'and the front page')).toMatchObject({
      answers: { [where]: 'in a file', [which]: 'Orders, and the front page' },
    })
  })

  test('a number or a label in words is that option', () => {
    expect(play('2', tick(0), finish)).toMatchObject({ answers: { [where]: 'Redis' } })
    expect(play('postgresql', tick(0), finish)).toMatchObject({ answers: { [where]: 'PostgreSQL' } })
  })

  test('back keeps what was chosen', () => {
    expect(play(pick(1), tick(0), { do: 'back', question: 1 })).toMatchObject({
      kind: 'changed',
      dialog: { step: 0, replies: [{ picked: [1] }, { picked: [0] }] },
    })
  })

  test('Other… wants words', () => {
    expect(play({ do: 'other', question: 0 })).toMatchObject({ kind: 'words-wanted' })
  })

  test.each<[string, (QuestionTap | string)[], string]>([
    ['a button of an earlier question', [pick(0), pick(1)], 'no longer open'],
    ['an option that is not there', [pick(9)], 'no such option'],
    ['a tick where one choice is asked for', [{ do: 'tick', question: 0, option: 0 }], 'no such option'],
    ['Done without a tick', [pick(0), finish], 'Select at least one'],
    ['Back at the beginning', [{ do: 'back', question: 0 }], 'the first question'],
    ['nothing but spaces', ['   '], 'cannot be empty'],
  ])('%s is refused', (_, acts, why) => {
    expect(play(...acts)).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) })
  })
})
