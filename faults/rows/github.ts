import { setTimeout as sleep } from 'node:timers/promises'
import { keyIn } from '../../src/github/marks.ts'
import type { IssueRow } from '../../test/support/github/world.ts'
import { BOT, type GitHubHouse, openGitHubHouse } from '../github/house.ts'
import { findDoubled, timesReviewed } from '../github/verdict.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'

/** So long nothing happens any more: it hangs, however busy the machine is. */
const STUCK_MS = 60_000
/** Something happens again and again, and nothing comes of it. */
const ENDLESS_MS = 900_000
/** Whatever is wrong starts within that time. */
const SILENT_MS = 1_500
const EVENTS_A_HOUSE = 12
const WRITES = [/POST .*\/comments$/, /POST .*\/pulls$/, /POST .*\/reviews$/, /DELETE .*\/labels/, /PUT .*\/merge$/]

/** What somebody does on GitHub. */
type Happening = { is: 'issue' } | { is: 'pull' } | { is: 'push' | 'merge' | 'merge by a reader'; of: number }

/**
 * People label issues, open and push pull requests, and say `/merge`, while requests and answers are lost, limits are reached,
 * webhooks are lost, doubled and late, and Baton is killed at one of its requests.
 */
export const gitHubRow: Row = {
  number: 19,
  title: 'GitHub: events lost, doubled and reordered; limits, lost answers, kills between',
  unit: 'events',
  sizes: { test: 10, small: 200, large: 10_000 },
  controls: [
    { breaks: 'lost writes are sent again unseen', size: 24 },
    { breaks: 'reviews are not remembered', size: 24 },
    { breaks: 'labels count again', size: 36 },
  ],
  async run(run) {
    for (let events = 0; events < run.size && !run.isEnough(); )
      events += await playHouse(run, Math.min(EVENTS_A_HOUSE, run.size - events))
  },
}

/** One repository until everything is dealt with; gives the number of events. */
async function playHouse(run: RowRun, most: number): Promise<number> {
  const random = run.random.fork()
  const house = await openGitHubHouse({
    breaks: run.breaks,
    people: { wendy: 'write', rita: 'read' },
    config: '  merge: {checks: [], ci: false}\n',
  })
  const play: Play = { run, random, house, issues: [], pulls: [], versions: new Map() }
  try {
    await house.begin()
    // What was there before Baton came is left alone.
    await house.looked()
    let happened = 0
    for (; happened < most && !run.isEnough(); happened++) {
      addTrouble(play)
      happen(play, nextOf(play))
      await webhooks(play)
      await sleep(random.int(0, 600))
      await house.keepAlive()
    }
    house.server.faults.clear()
    await settle(play)
    run.count('events', happened)
    run.count('kills', house.kills())
    run.count('issues', play.issues.length)
    run.count('pull requests of people', play.pulls.length)
    return happened
  } finally {
    await house.close()
  }
}

interface Play {
  run: RowRun
  random: Random
  house: GitHubHouse
  issues: number[]
  pulls: number[]
  /** How often each pull request was pushed to. */
  versions: Map<number, number>
}

function nextOf({ random, pulls }: Play): Happening {
  const of = pulls.length > 0 ? random.pick(pulls) : undefined
  if (of === undefined || random.chance(0.45)) return random.chance(0.6) ? { is: 'issue' } : { is: 'pull' }
  return { is: random.pick(['push', 'merge', 'merge', 'merge by a reader'] as const), of }
}

function happen(play: Play, what: Happening): void {
  const { repo, hands } = play.house
  const { issues, pulls, versions, random } = play
  if (what.is === 'issue') {
    const { number } = repo.open('wendy', { title: `Job ${issues.length + 1}` })
    repo.edit(number, { body: `rehearse: edit job-${number}.txt "done"` })
    repo.label(number, 'ready', 'wendy')
    issues.push(number)
  } else if (what.is === 'pull') {
    const branch = `change-${pulls.length + 1}`
    hands.push(branch, { [`p${pulls.length + 1}.txt`]: 'v1\n' })
    const { number } = hands.open('wendy', { branch, title: `Change ${pulls.length + 1}` })
    pulls.push(number)
    versions.set(number, 1)
  } else {
    const row = repo.issue(what.of)
    if (row.state === 'closed') return
    if (what.is === 'push') {
      const version = (versions.get(what.of) ?? 1) + 1
      versions.set(what.of, version)
      hands.push(row.pull?.head.branch ?? '', { [`p${pulls.indexOf(what.of) + 1}.txt`]: `v${version}\n` })
      hands.touch(what.of)
    } else {
      repo.comment(what.of, what.is === 'merge' ? 'wendy' : 'rita', '/merge')
      if (random.chance(0.3)) hands.touch(what.of)
    }
  }
}

/** Trouble that strikes one of the next requests, or the whole process. */
function addTrouble({ random, house, run }: Play): void {
  const { faults } = house.server
  if (random.chance(0.7)) {
    const on = random.chance(0.25) ? /GET / : random.pick(WRITES)
    const when = random.pick(['before', 'after', 'after'] as const)
    const trouble = random.pick([
      { kind: 'reset', when } as const,
      { kind: 'reset', when } as const,
      { kind: 'status', code: random.pick([500, 502, 503]), when } as const,
      { kind: 'secondary', retryAfterS: 1 } as const,
      { kind: 'primary', resetAt: Math.floor(Date.now() / 1_000) + 2 } as const,
    ])
    faults.add(on, trouble)
    run.count(`troubles of the kind ${trouble.kind}`)
  }
  if (random.chance(0.35)) house.killAt(random.int(1, 30), random.pick(['before', 'after']))
}

/** Lost, doubled, or late. */
async function webhooks({ random, house }: Play): Promise<void> {
  for (let n = random.pick([0, 1, 1, 2, 3]); n > 0; n--) {
    await sleep(random.int(0, 40))
    house.hint()
  }
}

/** Nothing goes wrong any more: what people wanted must have been done, and each thing once. */
async function settle(play: Play): Promise<void> {
  const { house, run, pulls } = play
  const missing = () => [
    ...play.issues.flatMap((number) => issueLacks(play, number)),
    ...pulls.flatMap((n) => pullLacks(play, n)),
  ]
  const isSettled = await until(async () => {
    await house.keepAlive()
    return run.isEnough() || missing().length === 0
  }, house)
  if (run.isEnough()) return
  // And nothing comes after it, also where a pull request was touched that nobody has pushed to.
  const reviewed = timesReviewed(house)
  for (const number of pulls) if (house.repo.issue(number).state !== 'closed') house.hands.touch(number)
  house.hint()
  await sleep(SILENT_MS)
  for (const [what, times] of timesReviewed(house))
    if (times > (reviewed.get(what) ?? 0)) run.fail(`${what} was given to Claude again, after a touch alone`)
  const state = await house.state()
  if (!isSettled || !state) {
    const said = house.repo.row.comments.map((one) => `#${one.issue} ${one.author.login} ${one.id}: ${one.body}`)
    const why = `${missing().join('; ')}\n${said.join('\n')}\n${JSON.stringify(state)}\n${house.printed().slice(-1_500)}`
    run.fail(`not dealt with (all of it is in ${run.breaks ? 'a folder that is gone' : house.keep()}): ${why}`)
    return
  }
  for (const wrong of findDoubled(house, state)) run.fail(wrong)
  // A kill, or trouble while the answer is fetched, costs one more at most; what is posted is posted once all the same.
  for (const [what, times] of timesReviewed(house))
    if (times > 1 + house.kills()) run.fail(`${what} was given to Claude ${times} times`)
  // Not the 500 that are trouble of ours.
  for (const failure of house.server.failures) run.fail(`the stand-in failed on ${failure}`)
}

function issueLacks({ house: { repo } }: Play, number: number): string[] {
  const made = [...repo.row.issues.values()].some(({ pull }) => pull?.head.branch === `feature/issue-${number}`)
  const isTold = repo.said(number, BOT).some((body) => body.startsWith('Done.'))
  const isOff = !repo.issue(number).labels.includes('ready')
  return [
    ...(made ? [] : [`#${number} has no pull request`]),
    ...(isTold ? [] : [`#${number} does not say that it is done`]),
    ...(isOff ? [] : [`#${number} has its label still`]),
  ]
}

function pullLacks({ house: { repo } }: Play, number: number): string[] {
  const row = repo.issue(number)
  const said = repo.row.comments.filter(({ issue, author }) => issue === number && author.login === BOT)
  const lacking = repo.row.comments
    .filter(({ issue, author, body }) => issue === number && author.login === 'wendy' && body === '/merge')
    // One that was said again before anything came of it is answered with the later one.
    .slice(-1)
    .filter(({ id }) => !isAnswered(said.find(({ body }) => keyIn(body) === `merge:${id}`)?.body))
    .map(({ id }) => `the /merge ${id} on #${number} has no end`)
  if (row.state === 'closed') return lacking
  return isReviewed(
    row,
    said.map(({ body }) => body),
  )
    ? lacking
    : [...lacking, `#${number} is not reviewed`]
}

const isAnswered = (body: string | undefined): boolean => /^(?:✓ Merged|Not merged)/.test(body ?? '')

const isReviewed = ({ pull }: IssueRow, said: readonly string[]): boolean =>
  said.some((body) => keyIn(body)?.startsWith('review:') && body.includes(pull?.head.sha.slice(0, 8) ?? '?'))

async function until(is: () => boolean | Promise<boolean>, house: GitHubHouse): Promise<boolean> {
  const began = performance.now()
  let [last, since] = ['', began]
  for (let nth = 1; performance.now() - since < STUCK_MS && since - began < ENDLESS_MS; nth++) {
    await sleep(100)
    if (await is()) return true
    // Every process of the machine is looked at: not each time.
    if (nth % 10 > 0) continue
    const now = house.moved()
    if (now !== last) [last, since] = [now, performance.now()]
  }
  return false
}
