import { afterEach, beforeEach, expect, test } from 'vitest'
import { toPlain } from '../../src/text/document/layout.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { ANNA, openRecordedHouse, type RecordedHouse, SECRET, TEAM } from './recorded-house.ts'

// What is said, and what a reply or a tap means, on a platform whose chats and messages have no numbers.

let house: RecordedHouse

beforeEach(async () => {
  house = await openRecordedHouse()
})
afterEach(() => house.end())

test('a question and a permission are asked everywhere, answered by a tap and by a reply, and every message follows', async () => {
  await house.recorded.says(house.chat, ANNA, '/start')
  await house.told('Claude asks')
  await house.told('Claude asks', TEAM)
  // What needs a person makes a sound.
  expect(house.find('Claude asks')?.silent).toBe(false)
  await house.recorded.taps(house.chat, ANNA, 'Green')
  await house.told('Answered by Anna', TEAM)
  expect(house.find('Answered by Anna')?.buttons).toEqual([])
  expect(house.recorded.answers.at(-1)).toMatchObject({ text: 'Answered' })
  await house.told('Run echo one > one.txt?')
  await house.recorded.says(house.chat, ANNA, '/approve', house.find('Run echo one > one.txt?')?.id)
  await house.told('Allowed by Anna')
  await house.told('1 of 1 done')
  expect(house.errors).toEqual([])
})

test('what was lost on its way goes out again with a word, what never left without one, and in order', async () => {
  house.recorded.fail('unreached', 'send')
  house.recorded.fail('lost', 'send')
  await house.recorded.says(house.chat, ANNA, '/status')
  await house.told('Sent again: the first message may not have arrived.')
  expect(
    house.recorded.seen(ANNA).filter(({ text, byPerson }) => !byPerson && text.includes('Nothing is running')),
  ).toHaveLength(2)
})

test('a kill between two lives loses nothing and says nothing twice', async () => {
  await house.recorded.says(house.chat, ANNA, '/start')
  await house.told('Claude asks')
  await house.close()
  const before = house.recorded.seen(ANNA).filter(({ text }) => text.includes('Claude asks')).length
  await house.open()
  // The button of the life before still counts.
  await house.recorded.taps(house.chat, ANNA, 'Red')
  await house.told('Answered by Anna')
  expect(house.recorded.seen(ANNA).filter(({ text }) => text.includes('Which colour?'))).toHaveLength(before)
})

test('nobody decides what came after their words, and a stranger to the chat decides nothing', async () => {
  await house.recorded.says(house.chat, ANNA, '/start')
  await house.told('Claude asks')
  const { data = '' } = house.find('Claude asks')?.buttons.flat()[0] ?? {}
  await house.recorded.hears(house.chat, 'room-eve', { kind: 'tap', tapId: 'forged', data }, 'm000001')
  expect(house.recorded.answers.find(({ tapId }) => tapId === 'forged')).toMatchObject({
    text: 'This was not asked in this chat.',
    alert: true,
  })
  // Written before the ask stood there.
  await house.recorded.hears(house.chat, ANNA, { kind: 'words', text: '/answer Blue' }, 'm000000')
  await house.told('A new question has just arrived')
})

test('a closed chat is left alone, and nothing secret is said', async () => {
  house.recorded.fail('blocked', 'send')
  await house.recorded.says(house.chat, ANNA, '/skip')
  await expect.poll(() => house.warned.length).toBeGreaterThan(0)
  await house.recorded.says(house.chat, ANNA, '/start correct-horse-battery')
  await house.told('No such file')
  expect(JSON.stringify(house.recorded.seen(ANNA).filter(({ byPerson }) => !byPerson))).not.toContain(SECRET)
})

test('a secret that Markdown takes apart is hidden in what is read', async () => {
  // The agent repeats the title in its closing words, which are Markdown.
  house.home.write(
    'tasks/key.md',
    '## Task 1: Key correct-\\*\\*horse\\*\\*-battery\n**Claude Instruction:**\nrehearse: say x\n',
  )
  await house.recorded.says(house.chat, ANNA, '/start tasks/key.md')
  await house.told('Acted out “Key [redacted]”')
})

/** A platform with forms, on which Anna is about to write her own words. */
async function openForm() {
  await house.close()
  await house.open(createRecordedTransport('slack', { hasForms: true }))
  await house.recorded.says(house.chat, ANNA, '/start')
  await house.told('Claude asks')
  await house.recorded.taps(house.chat, ANNA, 'Other…')
  const [form] = house.recorded.forms().values()
  return form
}

test('where a platform has forms, own words are written into one: they answer, and refuse what is over', async () => {
  const form = await openForm()
  expect(form).toMatchObject({ title: 'Your answer' })
  expect(toPlain(form?.body ?? [])).toContain('Which colour?')
  // No message asks for what the form asks for, and the tap is answered by the form alone.
  expect(house.find('Your own answer')).toBeUndefined()
  expect(house.recorded.answers).toEqual([])
  await house.recorded.fillsIn(house.chat, '  ')
  expect(house.recorded.answers.at(-1)).toMatchObject({ text: 'An answer cannot be empty.', alert: true })
  await house.recorded.taps(house.chat, ANNA, 'Other…')
  const late = [...house.recorded.forms().values()].at(-1)
  await house.recorded.fillsIn(house.chat, 'Turquoise, correct-horse-battery')
  expect(house.recorded.answers.at(-1)?.text).toBe('Answered.')
  await house.told('Turquoise, [redacted]')
  // The same form once more, after the decision.
  const deed = { kind: 'form' as const, tapId: 'late', data: late?.data ?? '', text: 'Red' }
  await house.recorded.hears(house.chat, ANNA, deed, house.find('Answered by Anna')?.id ?? '')
  expect(house.recorded.answers.at(-1)).toMatchObject({ tapId: 'late', alert: true })
  expect(house.recorded.answers.at(-1)?.text).toContain('Anna')
  await house.recorded.hears(
    house.chat,
    ANNA,
    { kind: 'form', tapId: 'odd', data: 'nothing:known', text: 'x' },
    'm000001',
  )
  expect(house.recorded.answers.at(-1)).toMatchObject({
    tapId: 'odd',
    text: 'Nothing is waiting for these words any more.',
  })
})

test('a form from another chat decides nothing', async () => {
  const form = await openForm()
  const deed = { kind: 'form' as const, tapId: 'forged', data: form?.data ?? '', text: 'Black' }
  await house.recorded.hears(house.chat, 'room-eve', deed, 'm000001')
  expect(house.recorded.answers.at(-1)).toMatchObject({ text: 'This was not asked in this chat.', alert: true })
  expect(house.app.runner.api.view.openAsks()).toHaveLength(1)
})
