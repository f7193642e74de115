import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import type { BotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'
import { setPhone } from '../support/set-phone.ts'

// What people write, send and change beside commands and replies.

const TASKS = `# Tasks
## Task 1: Colours
**Claude Instruction:**
rehearse: ask "Which colour?" Red|Green|Blue
rehearse: wait 3s
`

let api: BotApi
let anna: Person
let home: Home
let house: PhoneApp
const saids = () => house.events.filter(({ type }) => type === 'task.said').map(({ data }) => String(data?.text))
const answers = () =>
  house.api.view
    .asksOfRun(house.api.view.latestRun()?.id ?? '')
    .map(({ answer }) => Object.values(answer?.answers ?? {})[0])

beforeEach(async () => {
  ;({ api, anna, home } = await setPhone(TASKS))
  house = await openPhoneApp(home, api)
})
afterEach(async () => {
  await house.stop()
})

test('after Other… a look at /status, or a sticker, does not lose the place: the next words are the answer', async () => {
  anna.says('/start')
  const question = await told(anna, 'Claude asks')
  anna.taps('Other…')
  await told(anna, 'Your own answer')
  const look = anna.says('/status')
  await told(anna, 'Waiting for you', look.id)
  anna.says('')
  await told(anna, 'I can read text')
  anna.says('Turquoise')
  await reads(anna, question, 'Answered by Anna (Telegram)')
  expect(answers()).toEqual(['Turquoise'])
})

test('the photos of an album: the first answers the question, the others are told to Claude', async () => {
  anna.says('/start')
  const question = await told(anna, 'Claude asks')
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg'])
    anna.sends({ kind: 'photo', name, content: name }, { replyTo: question.id })
  await reads(anna, question, 'Answered by Anna (Telegram)')
  await expect.poll(() => saids().length).toBe(2)
  expect(anna.sees().messages.filter((message) => /Already decided/.test(latest(message).text))).toEqual([])
  expect(answers()[0]).toContain('(saved as .baton/inbox/photo-')
})

test('a photo with a command as its caption: the task, the words or the answer name the file', async () => {
  anna.sends({ kind: 'photo', name: 'a.jpg', content: 'x', caption: '/add Mend the header' })
  await told(anna, 'Added to tasks/today.md')
  expect(readFileSync(`${home.dir}/tasks/today.md`, 'utf8')).toMatch(
    /: Mend the header\n[\s\S]*Mend the header\n\nA file from the user \(saved as \.baton\/inbox\/photo-\d+\.jpg\)/,
  )
  anna.says('/start')
  const question = await told(anna, 'Claude asks')
  anna.sends({ name: 'notes.txt', content: 'x', caption: '/say Look at this' })
  await expect.poll(saids).toEqual(['Look at this (saved as .baton/inbox/notes.txt)'])
  anna.sends({ name: 'colours.txt', content: 'x', caption: '/answer As in here' }, { replyTo: question.id })
  await expect.poll(answers).toEqual(['As in here (saved as .baton/inbox/colours.txt)'])
})

test('what is done elsewhere is said to the others without a sound, and not twice to who did it', async () => {
  await house.stop()
  const bob = api.person({ id: 4712, name: 'Bob' })
  house = await openPhoneApp(home, api, { allowed: [4711, 4712] })
  await house.api.submit({ type: 'start' }, { surface: 'terminal', id: 'bernd', name: 'bernd' })
  for (const person of [anna, bob])
    expect(await told(person, 'Started by bernd (terminal)')).toMatchObject({ silent: true })
  anna.says('/pause after')
  await told(anna, 'Will pause after the running task')
  expect(await told(bob, 'Will pause after the running task, requested by Anna (Telegram)')).toMatchObject({
    silent: true,
  })
  bob.says('/resume')
  await told(anna, 'Resumed by Bob (Telegram)')
  await told(bob, 'Resumed.')
  const heard = (person: Person) => person.sees().messages.map((message) => latest(message).text)
  expect(heard(anna).filter((text) => text.includes('Will pause after the running task, requested by Anna'))).toEqual(
    [],
  )
  expect(heard(bob).filter((text) => text.includes('Resumed'))).toEqual(['✅ Resumed.'])
})

test('words without a command: a button for everything that they can be, and each message counts once', async () => {
  anna.says('/start')
  const question = await told(anna, 'Claude asks')
  const buttons = (id: number) =>
    latest(anna.sees().messages.find((message) => message.id === id) ?? question)
      .keyboard?.flat()
      .map(({ text }) => text) ?? []
  anna.says('Use tabs')
  const offer = await told(anna, 'What should I do with this?')
  expect(buttons(offer.id)).toEqual(['Answer: Which colour?', 'Send to task 1', 'Add as a task'])
  const data = latest(offer).keyboard?.flat()[1]?.callback_data ?? ''
  await Promise.all([anna.taps('Send to task 1').answer(), anna.forges(data, offer.id).answer()])
  await reads(anna, offer, 'task 1')
  expect(buttons(offer.id)).toEqual([])
  expect(saids()).toEqual(['Use tabs'])

  anna.says('turquoise')
  const second = await told(anna, 'What should I do with this?', offer.id)
  anna.taps('Answer: Which colour?')
  await reads(anna, question, 'Answered by Anna (Telegram)')
  expect(answers()).toEqual(['turquoise'])
  await reads(anna, second, 'turquoise')

  anna.says('Mend the header')
  const third = await told(anna, 'What should I do with this?', second.id)
  anna.taps('Add as a task')
  await reads(anna, third, 'Added to tasks/today.md')
  expect(readFileSync(`${home.dir}/tasks/today.md`, 'utf8')).toContain('Mend the header')
})

test('a message that is edited is not done a second time, and the person hears that', async () => {
  const said = anna.says('/add Mend the hedaer')
  await told(anna, 'Added to tasks/today.md', said.id)
  const chat = { id: anna.id, type: 'private', first_name: 'Anna' }
  const from = { id: anna.id, is_bot: false, first_name: 'Anna' }
  const edited = { message_id: said.id, date: 0, edit_date: 1, chat, from, text: '/add Mend the header' }
  api.updates.push({ edited_message: edited })
  expect(await told(anna, 'Edited messages are not read again')).toMatchObject({ replyTo: said.id })
  expect(readFileSync(`${home.dir}/tasks/today.md`, 'utf8')).not.toContain('the header')
  const stranger = { ...edited, from: { ...from, id: 666 }, chat: { ...chat, id: 666 } }
  api.person({ id: 666, name: 'Mallory' })
  api.updates.push({ edited_message: stranger })
  anna.says('/help')
  await told(anna, 'Answer questions with their buttons')
  expect(api.conversation(666).messages).toEqual([])
})

test.each(['forwarded', 'via'] as const)(
  'what somebody else wrote (%s) commands and answers nothing: it is asked about',
  async (quoted) => {
    const first = anna.says('/start', { quoted })
    await told(anna, 'What should I do with this?', first.id)
    expect(house.api.view.runs({ limit: 5 })).toEqual([])

    anna.says('/start')
    const question = await told(anna, 'Claude asks')
    const reply = anna.says('Red', { quoted, replyTo: question.id })
    await told(anna, 'What should I do with this?', reply.id)
    const stop = anna.says('/stop', { quoted })
    await told(anna, 'What should I do with this?', stop.id)
    expect(answers()).toEqual([undefined])
    expect(house.api.view.status().run?.endedAt).toBeUndefined()
    // The person may still mean it.
    anna.taps('Answer: Which colour?')
    await reads(anna, question, 'Answered by Anna (Telegram)')
  },
)

test('a bare yes or no offers the decision that waits first, and its button decides', async () => {
  await house.stop()
  home.remove()
  const approval =
    '# Tasks\n## Task 1: Move\n**Requires Approval:** true\n**Claude Instruction:**\nrehearse: wait 1ms\n'
  home = createHome(`${approval}\n${approval.replace('# Tasks\n', '').replace('Task 1', 'Task 2')}`)
  house = await openPhoneApp(home, api)
  anna.says('/start')
  const asked = await told(anna, /task 1 of 2/)
  const firstButton = (id: number) =>
    latest(anna.sees().messages.find((message) => message.id === id) ?? asked).keyboard?.flat()[0]?.text ?? ''
  for (const words of ['ok', '👍🏽', 'Yes!']) {
    const said = anna.says(words)
    const offer = await told(anna, 'Is this your decision?', said.id)
    expect(firstButton(offer.id)).toMatch(/^Approve: /)
    // What somebody else wrote is nobody's yes.
    const quoted = anna.says(words, { quoted: 'forwarded' })
    expect(firstButton((await told(anna, 'What should I do with this?', quoted.id)).id)).not.toMatch(/^Approve/)
    if (words !== 'Yes!') continue
    anna.taps(firstButton(offer.id), { message: offer.id })
    await reads(anna, asked, 'Approved by Anna')
    // In short, and without buttons that decide nothing any more.
    await reads(anna, offer, /^✅ Approved by Anna \(Telegram\), \S+\nStart task 1: Move\?$/)
    expect(firstButton(offer.id)).toBe('')
  }
  const second = await told(anna, /task 2 of 2/, asked.id)
  const no = anna.says('no')
  const offer = await told(anna, 'Is this your decision?', no.id)
  expect(firstButton(offer.id)).toMatch(/^Reject: /)
  // Decided by the ask's own button: the offer has nothing left to offer.
  anna.taps('Reject', { message: second.id })
  await reads(anna, second, 'Rejected by Anna')
  await reads(anna, offer, /^❌ Rejected by Anna/)
  expect(firstButton(offer.id)).toBe('')
})

test('what asks what to do with words offers no answer that was given elsewhere, and no task that is over', async () => {
  anna.says('/start')
  const question = await told(anna, 'Claude asks')
  anna.says('Not too bright')
  const offer = await told(anna, 'What should I do with this?')
  const buttons = () => {
    const shown = anna.sees().messages.find(({ id }) => id === offer.id)
    return (
      (shown &&
        latest(shown)
          .keyboard?.flat()
          .map(({ text }) => text)) ??
      []
    )
  }
  expect(buttons()).toEqual(['Answer: Which colour?', 'Send to task 1', 'Add as a task'])
  // One that was used stays as it is.
  anna.says('Round corners')
  const used = await told(anna, 'What should I do with this?', offer.id)
  await anna.taps('Add as a task', { message: used.id }).answer()
  await reads(anna, used, 'Added to tasks/today.md')
  await anna.taps('Red', { message: question.id }).answer()
  await expect.poll(buttons).toEqual(['Send to task 1', 'Add as a task'])
  await told(anna, '1 of 1 done')
  await expect.poll(buttons).toEqual(['Add as a task'])
  const shown = anna.sees().messages.find(({ id }) => id === used.id)
  expect(shown && latest(shown).text).toContain('Added to tasks/today.md')
})
