import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../random.ts'
import type { RowRun } from '../row.ts'
import { type AnswersHouse, API_TOKEN, eventually, WEBHOOK_SECRET } from './house.ts'
import { messagesOf, seatsOf } from './phone.ts'
import { rightShot } from './right-shots.ts'
import type { AskRecord, Claim, Heard, Shot, ShownAsk } from './shots.ts'
import { type WrongShot, wrongShot } from './wrong-shots.ts'

/** What was done and found in one house. */
export interface Play {
  run: RowRun
  house: AnswersHouse
  random: Random
  past: AskRecord[]
  /** Acts so far. */
  acts: number
  kills: number
  /** Acts that were done once already, to be sent once more. */
  repeats: (() => Promise<Heard>)[]
  /** A task was just skipped: whatever comes twice now would skip the next one. */
  afterSkip?: 'repeat' | 'restart' | undefined
}

/** After the last word about an act: what a broken safeguard lets through needs a moment to show. */
const SETTLE_MS = 25

/** Everything that happens to one ask: wrong acts, the house closed or killed, right acts against each other, wrong ones again. */
export async function playRound(play: Play, ask: ShownAsk): Promise<void> {
  const { run, house, random } = play
  const messages = await messagesOf(house, ask)
  if (!messages) return run.fail(`not shown in every chat: ${ask.title}`)
  const record: AskRecord = { ask, messages, claims: [] }
  const seats = seatsOf(house)
  const wrong = (count: number) =>
    Array.from({ length: count }, () => wrongShot({ house, record, past: play.past, random, seat: random.pick(seats) }))
  const { afterSkip } = play
  play.afterSkip = undefined
  await fire(play, record, wrong(random.int(2, 14)), afterSkip === 'restart' || random.chance(0.06))
  if (play.repeats.length > 0 && (afterSkip === 'repeat' || random.chance(0.5))) await repeat(play)
  if (!(await isStillOpen(play, record))) return
  if (ask.kind === 'approval' && ask.about === undefined && random.chance(0.35)) await skip(play, record)
  else await decide(play, record, wrong)
  play.past.push(record)
  await fire(play, record, wrong(random.int(0, 4)), false)
}

/** Fires all at once; with `restarts` the house is closed or killed among them, and comes back. */
async function fire(play: Play, record: AskRecord, shots: (Shot | WrongShot)[], restarts: boolean): Promise<void> {
  const { run, house, random } = play
  play.acts += shots.length
  const waiting = shots.map(async (shot) => judge(play, record, shot, await shot.fire(), restarts))
  if (restarts) {
    await sleep(random.int(0, 40))
    const how = random.pick(['SIGTERM', 'SIGKILL', 'SIGKILL'] as const)
    await house.down(how)
    if (how === 'SIGKILL') play.kills++
    repeatOldUpdates(play)
    await house.up()
    run.count(how === 'SIGKILL' ? 'kills' : 'restarts')
  }
  await Promise.all(waiting)
  // Who hears nothing gives no sign: every update has been taken, and what it would do had its moment.
  await eventually(() => (house.api.updates.unconfirmed().length === 0 ? true : undefined))
  await sleep(SETTLE_MS)
}

/** The model's verdict on one act. */
function judge({ run }: Play, record: AskRecord, shot: Shot | WrongShot, heard: Heard, restarts: boolean): void {
  const about = `${shot.what}; ${record.ask.kind} “${record.ask.title}”`
  run.count(`${heard.is === 'nothing' ? 'met with silence' : heard.is}`)
  if (shot.claim) {
    if (heard.is === 'accepted') shot.claim.isAccepted = true
    if (heard.is === 'lost') shot.claim.isLost = true
    const isSecond = /Already decided|already been decided|No longer needed|is waiting for an answer/.test(heard.words)
    if (heard.is === 'refused' && !isSecond) run.fail(`a right one was refused: ${about}: “${heard.words}”`)
    return
  }
  if (heard.is === 'accepted') run.fail(`a wrong one was accepted: ${about}: “${heard.words}”`)
  if (!('hears' in shot) || shot.hears !== 'a word' || heard.is !== 'lost' || heard.words !== '') return
  // A kill between the end of its handling and the word about it, which nobody waits for: a spinning button, no effect.
  if (restarts) run.count('refused, and the word lost by a kill')
  else run.fail(`refused without a word: ${about}`)
}

/** One right answer, or several at the same moment with wrong ones among them. */
async function decide(play: Play, record: AskRecord, wrong: (count: number) => WrongShot[]): Promise<void> {
  const { run, house, random } = play
  // Sent in doubt, a message may stand there twice: the newer one is the one that people reply to.
  record.messages = (await messagesOf(house, record.ask)) ?? record.messages
  const rivals = random.chance(0.45) ? random.int(2, 4) : 1
  const seats = seatsOf(house).sort(() => random.next() - 0.5)
  const rights: Shot[] = []
  const taken = new Set<number>()
  for (let i = 0; i < rivals; i++) {
    // The questions of an ask are gone through once a chat.
    const seat = seats.find(({ chat }) => record.ask.kind !== 'question' || !taken.has(chat))
    if (!seat) break
    seats.splice(seats.indexOf(seat), 1)
    taken.add(seat.chat)
    rights.push(await rightShot({ house, record, random, seat, hasRivals: rivals > 1 }))
  }
  record.claims.push(...rights.map(({ claim }) => claim as Claim))
  run.count(`${record.ask.about ?? record.ask.kind} asks`)
  if (rights.length > 1) run.count('asks answered at several places at once')
  const all = [...rights, ...wrong(random.int(0, 4))].sort(() => random.next() - 0.5)
  await fire(play, record, all, random.chance(0.08))
  const accepted = record.claims.filter(({ isAccepted }) => isAccepted)
  // A request to a house that is closed reaches nobody, and its program tries again.
  const isUnheard = rights.every(({ claim }) => claim?.isLost && claim.by.surface === 'http')
  const about = `${record.ask.kind} “${record.ask.title}”: ${rights.map(({ what }) => what).join(' | ')}`
  const decided = await askNow(play, record.ask.id)
  if (decided?.state === 'open' && isUnheard) return decide(play, record, wrong)
  if (decided?.state === 'open') run.fail(`a right one was lost: ${about}`)
  // A repeated request under one key hears the same twice; two different ones never do.
  if (new Set(accepted.map(({ by, decision }) => JSON.stringify([by, decision]))).size > 1)
    run.fail(`two were told that theirs counted: ${about}`)
}

/** The task of an ask is skipped: the ask goes, and the same word later must not skip the next one. */
async function skip(play: Play, record: AskRecord): Promise<void> {
  const { house, random, run } = play
  const { ask } = record
  record.isSkipped = true
  play.acts += 1
  run.count('tasks skipped')
  if (random.chance(0.5)) {
    const key = `skip-${random.int(0, 1e9)}`
    const body = { command: 'skip', secret: WEBHOOK_SECRET, params: { project: ask.project } }
    const post = async (): Promise<Heard> => {
      const reply = await house.http({ path: '/webhook/command', body, key })
      return { is: reply?.status === 200 ? 'accepted' : 'lost', words: '' }
    }
    await post()
    play.repeats.push(post)
    play.afterSkip = 'repeat'
  } else {
    play.afterSkip = 'restart'
    house.allowed[0].says(`/skip ${house.projects.length > 1 ? ask.project : ''}`)
  }
  const gone = async () => (await askNow(play, ask.id))?.state !== 'open'
  for (let i = 0; i < 200 && !(await gone()); i++) await sleep(20)
  if (!(await gone())) run.fail(`a skip was lost: ${ask.title}`)
}

/** Sends again, under its old key, what counted long ago. */
async function repeat(play: Play): Promise<void> {
  play.acts += 1
  play.run.count('requests repeated')
  await play.random.pick(play.repeats)()
  await sleep(SETTLE_MS)
}

/** Telegram hands out updates again that it takes for unconfirmed: after a restart any of the last ones. */
function repeatOldUpdates({ house, random, run, ...play }: Play): void {
  const old = house.api.updates.all().slice(-60)
  const skips = house.api.updates
    .all()
    .filter(({ message }) => /^\/skip/.test((message as { text?: string })?.text ?? ''))
  const again = [...skips.slice(-2), ...(old.length > 0 ? [random.pick(old), random.pick(old)] : [])]
  for (const update of again) house.api.updates.push(update)
  play.acts += again.length
  run.count('updates delivered again', again.length)
}

async function isStillOpen(play: Play, { ask }: AskRecord): Promise<boolean> {
  const now = await askNow(play, ask.id)
  if (now?.state === 'open') return true
  play.run.fail(`decided by a wrong act: ${ask.kind} “${ask.title}”: ${now?.decision}`)
  return false
}

async function askNow({ house }: Play, id: string): Promise<ShownAsk | undefined> {
  const reply = await house.http({ path: `/api/asks/${id}`, token: API_TOKEN })
  return reply?.status === 200 ? (reply.body as unknown as ShownAsk) : undefined
}
