import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askOf } from '../../src/http/present/ask.ts'
import { askText } from '../../src/sources/github/texts.ts'
import type { SlackPerson } from '../support/slack/person.ts'
import { type SlackServer, startSlack } from '../support/slack/server.ts'
import { openOnSlack } from './home.ts'

// A whole daemon with Slack: the official client against a strict stand-in of Slack.

const TASKS = `# Tasks
## Task 1: Colours
**Claude Instruction:**
rehearse: ask "Which colour?" Red|Green|Blue
rehearse: bash echo one > one.txt
`
const C = 'C1'
let slack: SlackServer
let anna: SlackPerson
let ben: SlackPerson
let eve: SlackPerson
let daemon: Awaited<ReturnType<typeof openOnSlack>>

beforeEach(async () => {
  slack = await startSlack({ ackMs: 600, retriesMs: [20, 60], pingMs: 500 })
  anna = slack.person({ id: 'UANNA', name: 'Anna' })
  ben = slack.person({ id: 'UBEN', name: 'Ben' })
  eve = slack.person({ id: 'UEVE', name: 'Eve' })
  slack.channel(C, ['UANNA', 'UBEN', 'UEVE'])
  daemon = await openOnSlack(slack, TASKS)
  await isHeard()
})
afterEach(async () => {
  await daemon.close()
  await slack.close()
})

const isHeard = (sockets = 2) => expect.poll(() => slack.events.lines(), { timeout: 20_000 }).toBe(sockets)
const told = async (words: string, channel = C, by = anna) => {
  await expect
    .poll(() => by.find(channel, words)?.text ?? by.sees(channel).map(({ text }) => text), {
      interval: 20,
      timeout: 30_000,
    })
    .toEqual(expect.stringContaining(words))
  const found = by.find(channel, words)
  if (!found) throw new Error(words)
  return found
}
const asked = async () => {
  await anna.commands(C, 'start')
  return told('Which colour?')
}
const permitted = async () => {
  const question = await asked()
  await anna.taps(C, question.ts, 'Green')
  return told('Run echo one > one.txt?')
}

test('a run from a slash command to its end: a thread, an ask that names who may answer, a button, a receipt', async () => {
  const question = await asked()
  // A new message in the channel, and everybody who may answer hears it.
  expect(question).toMatchObject({ names: true, byBot: true })
  expect(question.thread).toBeUndefined()
  expect(ben.find(C, 'Which colour?')?.names).toBe(true)
  const root = await told('0 of 1 done')
  expect(root).toMatchObject({ names: false })
  expect((await ben.taps(C, question.ts, 'Green'))?.ackedAt).toBeDefined()
  const decided = await told('Answered by Ben')
  // In its place, built from what was decided: no button is left.
  expect(decided).toMatchObject({ ts: question.ts, buttons: [] })
  const permission = await told('Run echo one > one.txt?')
  await anna.taps(C, permission.ts, 'Allow')
  await told('Allowed by Anna')
  const end = await told('🏁')
  expect(end).toMatchObject({ thread: root.ts, isBroadcast: true, names: true })
  const rootNow = () => anna.sees(C).find(({ ts }) => ts === root.ts)?.text
  await expect.poll(rootNow, { timeout: 20_000 }).toContain('1 of 1 done')
  const inThread = anna.sees(C).filter(({ thread }) => thread === root.ts)
  expect(inThread.some(({ text, isBroadcast }) => text.includes('Colours') && !isBroadcast)).toBe(true)
  // Who it was, and where, is said everywhere: in the log, the report, the events, on the dashboard and on GitHub.
  const { artifacts, report, runner, store } = daemon.app()
  const [run] = runner.api.view.runs()
  const [one] = runner.api.view.asksOfRun(run?.id ?? '')
  const log = await artifacts.logTail(one?.taskId ?? '', 200)
  expect(log?.lines.join('\n')).toContain('? Which colour?: Answered by Ben (Slack): “Green”')
  expect(log?.lines.join('\n')).toContain('Allowed by Anna (Slack)')
  expect(await report(run?.id ?? '')).toMatch(/ by Anna \(Slack\)[\s\S]*Which colour\?.*Green.*Ben \(Slack\)/)
  const events = store.read.events({ limit: 1_000 }).map(({ text }) => text)
  expect(events.filter((text) => text.includes('(Slack)'))).toHaveLength(2)
  expect(one && askOf(one, 'Colours').decision).toContain('Ben (Slack)')
  const onGitHub = { isOutsiders: false, isPhoneOnly: false, redact: String, decidedBy: 'Ben (Slack)' }
  expect(one && askText(one, onGitHub)).toContain('Decided by Ben (Slack).')
  expect(daemon.errors).toEqual([])
})

test('words: @baton, !verb, a reply in the thread of an ask, a window for own words, and nothing for small talk', async () => {
  const question = await asked()
  anna.writes(C, 'what do you think?')
  anna.writes(C, `<@UBATON> status`)
  const status = await told('$0.00 today')
  // It is answered under what was written, once, though it came as a message and as a mention.
  expect(status.thread).toBe(anna.sees(C).find(({ text }) => text.endsWith('status'))?.ts)
  await ben.taps(C, question.ts, 'Other…')
  await expect.poll(() => ben.window()?.view.title).toMatchObject({ type: 'plain_text' })
  await ben.submits('')
  expect(await told('An answer cannot be empty.', C, ben)).toMatchObject({ onlyForMe: true })
  anna.writes(C, '!tasks', { thread: question.ts })
  expect((await told('Waiting for', C)).text).toBeTruthy()
  anna.writes(C, 'Yellow &lt;!channel&gt;', { thread: question.ts })
  expect((await told('Answered by Anna')).text).toContain('Yellow <!channel>')
  await expect.poll(() => anna.sees(C).filter(({ text, byBot }) => byBot && text.includes('small talk'))).toEqual([])
  expect(anna.sees(C).filter(({ text, byBot }) => byBot && text.includes('What should I do with this?'))).toEqual([])
  expect(anna.sees(C).filter(({ text, byBot }) => byBot && text.includes('$0.00 today'))).toHaveLength(1)
  expect(daemon.errors).toEqual([])
})

test('of more options than there is room for buttons one is picked from a list', async () => {
  const cities = Array.from({ length: 12 }, (_, i) => `A city with a name that is long ${i + 1}`)
  daemon.home.write(
    'tasks/many.md',
    `# Many\n## Task 1: Cities\n**Claude Instruction:**\nrehearse: ask "Which city?" ${cities.join('|')}\n`,
  )
  await anna.commands(C, 'start tasks/many.md')
  const question = await told('Which city?')
  const { blocks } = slack.world.channels.get(C)?.messages.find(({ ts }) => ts === question.ts) ?? {}
  expect(JSON.stringify(blocks)).toContain('static_select')
  await anna.taps(C, question.ts, `${cities[10]}`)
  expect((await told('Answered by Anna')).text).toContain('that is long 11')
  expect(daemon.errors).toEqual([])
})

test('pings of Slack are signs of life, where nothing else is heard', async () => {
  const age = () => daemon.messenger().health().lastHeardAgeMs ?? 0
  const heard = slack.events.sent.length
  let before = age()
  const isYounger = () => {
    const now = age()
    const was = before
    before = now
    return now < was
  }
  await expect.poll(isYounger, { interval: 100, timeout: 20_000 }).toBe(true)
  expect(slack.events.sent.length).toBe(heard)
})

test('a sign under an ask decides it, a stranger’s does not, and taking it away changes nothing', async () => {
  const permission = await permitted()
  await eve.reacts(C, permission.ts, '+1')
  await eve.forges(C, permission.ts, permission.buttons[0]?.value ?? '')
  await eve.commands(C, 'approve')
  eve.writes(C, `<@UBATON> approve`)
  eve.writes(C, 'yes', { thread: permission.ts })
  await anna.reacts(C, permission.ts, 'eyes')
  expect(daemon.app().runner.api.view.openAsks()).toHaveLength(1)
  const before = anna.sees(C).length
  await anna.reacts(C, permission.ts, '-1::skin-tone-2')
  await told('Denied by Anna')
  // Who may not learned nothing, and nobody heard of it.
  expect(eve.sees(C).filter(({ onlyForMe }) => onlyForMe)).toEqual([])
  expect(
    anna
      .sees(C)
      .slice(before)
      .some(({ text }) => /\bEve\b/.test(text)),
  ).toBe(false)
  expect(daemon.warned.filter((text) => text.includes('not allowed'))).toHaveLength(1)
})

test('who may use it is told where, at another place, and nothing is done there', async () => {
  slack.channel('C2', ['UANNA', 'UEVE'])
  expect((await anna.commands('C2', 'start'))?.response).toMatchObject({ text: expect.stringContaining('<#C1>') })
  expect((await eve.commands('C2', 'start'))?.response).toEqual({})
  expect(daemon.app().runner.api.view.runs()).toEqual([])
  // Their own chat with the bot is a place.
  const own = anna.direct()
  anna.writes(own, '!status')
  await told('Nothing is running', own)
})

test('files come in with the token and go out whole, and a tap for one is answered in the thread', async () => {
  const question = await asked()
  anna.writes(C, 'look at this', { thread: question.ts, file: { name: 'notes.md', content: 'Größe ✓' } })
  await told('Saved as .baton/inbox/notes.md')
  const inbox = join(daemon.home.dir, '.baton/inbox')
  expect(readdirSync(inbox)).toContain('notes.md')
  expect(readFileSync(join(inbox, 'notes.md'), 'utf8')).toBe('Größe ✓')
  await told('Answered by Anna')
  const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff])
  anna.writes(C, '<@UBATON> this screen', { file: { name: 'screen.png', content: bytes, mimetype: 'image/png' } })
  await told('Saved as .baton/inbox/screen.png')
  expect(readFileSync(join(inbox, 'screen.png'))).toEqual(bytes)
  const permission = await told('Run echo one > one.txt?')
  await anna.taps(C, permission.ts, 'Allow')
  await told('🏁')
  anna.writes(C, '!logs')
  const sent = () => anna.sees(C).flatMap(({ files, byBot }) => (byBot ? files : []))
  await expect.poll(sent, { timeout: 20_000 }).not.toEqual([])
  expect(sent()[0]?.content).toContain('Which colour?')
})

test('answers get lost, calls have to wait, blocks are refused: every message is there once', async () => {
  slack.trouble('chat.postMessage', 'lost', 2)
  slack.trouble('chat.postMessage', { retryAfterS: 1 })
  const question = await asked()
  slack.trouble('chat.update', { retryAfterS: 1 })
  slack.trouble('chat.postMessage', { error: 'invalid_blocks' })
  await anna.taps(C, question.ts, 'Green')
  const permission = await told('Run echo one > one.txt?')
  // In a plainer form it still has its buttons.
  expect(permission.buttons.map(({ label }) => label)).toContain('Allow')
  await anna.taps(C, permission.ts, 'Allow')
  await told('🏁')
  const texts = anna
    .sees(C)
    .filter(({ byBot }) => byBot)
    .map(({ text }) => text.split('\n')[0])
  expect(texts.length).toBe(new Set(texts).size)
  expect(texts.some((text) => text?.includes('Sent again'))).toBe(false)
  const early = slack.calls.filter(({ outcome }, i) => {
    const limited = slack.calls
      .slice(0, i)
      .findLast((one) => one.outcome === 'ratelimited' && one.method === slack.calls[i]?.method)
    return (
      limited &&
      outcome === 'ok' &&
      (slack.calls[i]?.at ?? 0) - limited.at < 900 &&
      limited.fields.channel === slack.calls[i]?.fields.channel
    )
  })
  expect(early).toEqual([])
  expect(daemon.errors).toEqual([])
})

test('acknowledgements get lost and events come again: each counts once', async () => {
  slack.events.dropAcks(3)
  anna.writes(C, `<@UBATON> start`)
  const question = await told('Which colour?')
  await expect.poll(() => slack.events.sent.filter(({ retry }) => retry > 0).length).toBeGreaterThan(0)
  expect(daemon.app().runner.api.view.runs()).toHaveLength(1)
  expect(anna.sees(C).filter(({ text, byBot }) => byBot && text.includes('Claude asks'))).toHaveLength(1)
  expect(question.buttons.length).toBeGreaterThan(0)
  // Own words are written into a window, which opens at once.
  await anna.taps(C, question.ts, 'Other…')
  await expect.poll(() => JSON.stringify(anna.window()?.view)).toContain('Which colour?')
  expect((await anna.submits('Turquoise &lt;!channel&gt;'))?.response).toEqual({})
  expect((await told('Answered by Anna')).text).toContain('Turquoise &lt;!channel&gt;')
})

test('no tap is lost while Slack renews a socket, and a new one takes its place', async () => {
  const question = await asked()
  slack.events.refresh(0)
  expect((await anna.taps(C, question.ts, 'Red'))?.ackedAt).toBeDefined()
  await told('Answered by Anna')
  await isHeard()
})

test('what was written and signed while Slack could not be reached is read afterwards, and counts once', async () => {
  const permission = await permitted()
  await slack.away()
  anna.writes(C, '<@UBATON> add Written meanwhile')
  // Slack has tried, and does not try again.
  expect(await ben.reacts(C, permission.ts, 'white_check_mark')).toBe(false)
  await slack.back()
  await isHeard()
  await told('Allowed by Ben')
  const added = () => daemon.home.read('tasks/today.md').split('Written meanwhile').length - 1
  await expect.poll(added, { timeout: 20_000 }).toBeGreaterThan(0)
  await told('🏁')
  const times = added()
  expect(
    anna.sees(C).filter(({ text, byBot }) => byBot && text.includes('Allowed by') && !text.includes('🏁')),
  ).toHaveLength(1)
  anna.writes(C, '<@UBATON> add Another')
  await expect.poll(() => daemon.home.read('tasks/today.md'), { timeout: 20_000 }).toContain('Another')
  expect(added()).toBe(times)
})

test('an ask that somebody deleted, and somebody who left, keep nothing else from being read after a gap', async () => {
  slack.world.users.delete('UBEN')
  const permission = await permitted()
  await daemon.end()
  anna.deletes(C, permission.ts)
  anna.writes(C, '<@UBATON> approve')
  await daemon.begin()
  await told('Allowed by Anna')
  const warned = daemon.warned.join('\n')
  for (const why of ['user_not_found', 'thread_not_found', 'message_not_found']) expect(warned).toContain(why)
  expect(daemon.errors).toEqual([])
})

test('words that come while a gap is read follow what was written in it', async () => {
  const answers = () =>
    anna
      .sees(C)
      .filter(({ byBot }) => byBot)
      .flatMap(({ text }) => ['Nothing is running', 'Today $0.00'].filter((words) => text.includes(words)))
  await slack.away()
  anna.writes(C, '<@UBATON> status')
  slack.trouble('conversations.history', { retryAfterS: 1 })
  await slack.back()
  await isHeard()
  anna.writes(C, '<@UBATON> cost')
  await expect.poll(() => answers().length, { timeout: 20_000 }).toBe(2)
  expect(answers()).toEqual(['Nothing is running', 'Today $0.00'])
})

test('sockets that hear nothing any more are left, and others opened', async () => {
  slack.events.freeze()
  // Their pings are not answered, and no close is.
  await expect.poll(() => slack.callsTo('apps.connections.open').length, { timeout: 40_000 }).toBeGreaterThanOrEqual(4)
  await expect.poll(async () => (await anna.commands(C, 'status'))?.ackedAt, { timeout: 20_000 }).toBeDefined()
  await told('Nothing is running')
}, 60_000)

test('a revoked token is told once and ends nothing; with it back everything goes on', async () => {
  slack.revoke()
  await expect.poll(() => daemon.warned.find((text) => text.includes('token')), { timeout: 20_000 }).toBeDefined()
  expect(daemon.messenger().health().ok).toBe(false)
  slack.world.isRevoked = false
  await isHeard()
  await anna.commands(C, 'status')
  await told('Nothing is running')
  expect(JSON.stringify([daemon.warned, daemon.errors])).not.toContain(slack.world.botToken)
})

test('a restart: buttons of the life before count, and nothing is said twice', async () => {
  const question = await asked()
  await daemon.end()
  void anna.writes(C, '!status')
  await daemon.begin()
  await isHeard()
  await told('1 · Colours')
  await anna.taps(C, question.ts, 'Blue')
  await told('Answered by Anna')
  expect(anna.sees(C).filter(({ text, byBot }) => byBot && text.includes('Claude asks'))).toHaveLength(1)
})
