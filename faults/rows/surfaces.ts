import { setTimeout as sleep } from 'node:timers/promises'
import { encodeTap } from '../../src/chat/callback.ts'
import type { Actor, Answer, Ask, SurfaceName } from '../../src/core/types.ts'
import { openStore } from '../../src/store/store.ts'
import { explainHome } from '../explain.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'
import { openSurfacesHouse, type SurfacesHouse } from '../surfaces/house.ts'
import { TAP_FAILED } from '../surfaces/places.ts'

const ASKS_A_HOUSE = 10
const PATIENCE_MS = 180_000
/** What is never told is told by nobody's patience either. */
const CONTROL_PATIENCE_MS = 15_000
/** Everywhere by then, on a machine that is not busy. */
const GOAL_MS = 2_000
const BERND: Actor = { surface: 'terminal', id: 'bernd', name: 'bernd' }
const LABELS = ['Red', 'Green', 'Blue']

/** The same ask on every surface, answered on several at once, with the daemon killed in between. */
export const surfacesRow: Row = {
  number: 23,
  title: 'the same ask on Telegram, Slack, Discord, the dashboard and a terminal at once, with kills and restarts',
  unit: 'asks',
  sizes: { test: 8, small: 200, large: 10_000 },
  controls: [
    { breaks: 'a decision is told on its own platform alone', size: 10 },
    { breaks: 'a decided ask is decided again', size: 10 },
  ],
  async run(run) {
    for (let asks = 0; asks < run.size && !run.isEnough(); asks += ASKS_A_HOUSE)
      await playHouse(run, Math.min(ASKS_A_HOUSE, run.size - asks))
  },
}

/** An answer that somebody gave somewhere, and what they were told. */
interface Given {
  surface: SurfaceName
  decision: Pick<Answer, 'choice' | 'answers'>
  /** Undefined: nothing yet. */
  told: () => string | undefined
}

async function playHouse(run: RowRun, count: number): Promise<void> {
  const random = run.random.fork()
  const lines = Array.from({ length: count }, (_, i) =>
    random.chance(0.5)
      ? `rehearse: ask "Question ${i}?" ${LABELS.join('|')}\nrehearse: say so far`
      : `rehearse: tool WebFetch {"url": "https://example.org/${i}"}`,
  )
  const house = await openSurfacesHouse(
    `# Asks\n## Task 1: Asks\n**Claude Instruction:**\n${lines.join('\n')}\n`,
    run.breaks,
  )
  try {
    await house.local.submit({ type: 'start' }, BERND, { queue: 'main' })
    const done = new Set<string>()
    for (let i = 0; i < count && !run.isEnough(); i++) {
      const ask = await eventually(() => house.local.view.openAsks().find(({ id }) => !done.has(id)), PATIENCE_MS)
      if (!ask) return run.fail(`no ${i + 1}th ask came${explainHome(house.home)}`)
      done.add(ask.id)
      await playAsk(run, house, random, ask)
      run.count('asks')
    }
    if (!run.isEnough()) checkHistory(run, house)
  } finally {
    await house.close()
  }
}

async function playAsk(run: RowRun, house: SurfacesHouse, random: Random, { id }: Ask): Promise<void> {
  const patienceMs = run.breaks ? CONTROL_PATIENCE_MS : PATIENCE_MS
  const isShown = () => house.places.every(({ shows }) => shows(id)?.buttons.length) || undefined
  const ask = house.local.view.ask(id)
  if (!ask || !(await eventually(isShown, PATIENCE_MS))) return run.fail(`not shown on every platform: ${ask?.title}`)
  const isKilled = random.chance(0.2)
  const given: Given[] = []
  const all: Place[] = [...house.places, 'dashboard', 'terminal']
  // In any order, so that none is always the first.
  const drawn = all.map((place) => ({ place, at: random.next() })).sort((a, b) => a.at - b.at)
  const answers = drawn.slice(0, random.int(2, 5)).map(async ({ place }) => {
    const decision = decisionFor(random, ask)
    await sleep(random.int(0, 25))
    given.push(give(house, ask, place, decision))
  })
  await Promise.all(answers)
  run.count('answers', given.length)
  if (isKilled) {
    await sleep(random.int(0, 60))
    await house.restart(random.pick(['SIGKILL', 'SIGKILL', 'SIGTERM']))
    run.count('kills')
  }
  const decidedAsk = () => {
    const now = house.local.view.ask(id)
    return now?.state === 'open' ? undefined : now
  }
  // A tap in the moment of a kill may have reached nobody: whoever gave it taps again.
  const first = await eventually(decidedAsk, isKilled ? 5_000 : patienceMs)
  if (!first && isKilled) given.push(give(house, ask, 'terminal', decisionFor(random, ask)))
  const decided = first ?? (await eventually(decidedAsk, patienceMs))
  if (!decided?.answer) return run.fail(`nobody's answer counted: ${ask.title}`)
  await judgeWinner(run, decided, given)
  await judgeClosed(run, house, decided, isKilled, patienceMs)
  if (!isKilled) await judgeLosers(run, decided, given, patienceMs)
}

function decisionFor(random: Random, ask: Ask): Given['decision'] {
  const [question] = ask.questions ?? []
  if (question) return { choice: 'answer', answers: { [question.question]: random.pick(LABELS) } }
  return { choice: random.pick(['allow', 'deny'] as const) }
}

type Place = SurfacesHouse['places'][number] | 'dashboard' | 'terminal'

/** Answers somewhere, at once. */
function give(house: SurfacesHouse, ask: Ask, place: Place, decision: Given['decision']): Given {
  if (typeof place === 'object') {
    const [label] = Object.values(decision.answers ?? {})
    const option = LABELS.indexOf(label ?? '')
    const data = encodeTap(
      label === undefined
        ? { kind: 'choice', askId: ask.id, choice: decision.choice }
        : { kind: 'question', askId: ask.id, tap: { do: 'pick', question: 0, option } },
    )
    return { surface: place.surface, decision, told: place.taps(ask.id, data) }
  }
  let told: string | undefined
  const { id, hash } = ask
  if (place === 'dashboard') {
    void house.post(`/api/asks/${id}`, { answer: decision, hash }).then((reply) => {
      told = reply && `${reply.status} ${reply.text}`
    })
    return { surface: 'http', decision, told: () => told }
  }
  const command = { type: 'answer' as const, target: { askId: id, hash }, ...decision }
  // After a kill nobody waits for it, and the house may be gone.
  void house.local.submit(command, BERND, { queue: 'main' }).then(
    ({ text }) => {
      told = text
    },
    () => {},
  )
  return { surface: 'terminal', decision, told: () => told }
}

/** The one who decided is one of those who answered, with what they answered. */
async function judgeWinner(run: RowRun, { title, answer }: Ask, given: readonly Given[]): Promise<void> {
  const isGiven = given.some(
    ({ surface, decision }) =>
      surface === answer?.by.surface &&
      decision.choice === answer.choice &&
      JSON.stringify(decision.answers) === JSON.stringify(answer.answers),
  )
  if (!isGiven) run.fail(`decided by nobody who answered: ${title} ${JSON.stringify(answer)}`)
  run.count(`won on ${answer?.by.surface}`)
}

/** Every platform shows who decided, without a button. */
async function judgeClosed(
  run: RowRun,
  { places }: SurfacesHouse,
  { id, title, answer, closedAt = 0 }: Ask,
  isKilled: boolean,
  patienceMs: number,
): Promise<void> {
  const by = answer?.by.surface === 'http' ? 'the API' : (answer?.by.name ?? '')
  const isClosed = ({ shows }: (typeof places)[number]) => {
    const shown = shows(id)
    return shown !== undefined && shown.buttons.length === 0 && shown.text.includes(` by ${by}`)
  }
  if (!(await eventually(() => places.every(isClosed) || undefined, patienceMs))) {
    const open = places.filter((place) => !isClosed(place))
    const seen = open.map(({ surface, shows }) => `${surface}: ${JSON.stringify(shows(id))}`)
    return run.fail(`not closed everywhere: ${title}, decided by ${by}; ${seen.join('; ')}`)
  }
  if (isKilled) return
  const ms = Date.now() - closedAt
  run.measure('closed everywhere, ms', ms)
  if (ms > GOAL_MS) run.count(`later than ${GOAL_MS / 1_000} s`)
}

/** Everybody else is told that it is decided. */
async function judgeLosers(run: RowRun, { title, answer }: Ask, given: readonly Given[], patienceMs: number) {
  let isWinnerSeen = false
  for (const { surface, told } of given) {
    if (surface === answer?.by.surface && !isWinnerSeen) {
      isWinnerSeen = true
      continue
    }
    const isTold = () =>
      /Already decided|already been decided/i.test(told() ?? '') || told() === TAP_FAILED || undefined
    if (!(await eventually(isTold, patienceMs)))
      run.fail(`${surface} was not told that it is decided: ${title}: ${told()}`)
    else run.count(told() === TAP_FAILED ? 'taps that the platform called failed' : 'told that it was decided')
  }
}

/** Each ask was decided once, and none was taken back. */
function checkHistory(run: RowRun, { home }: SurfacesHouse): void {
  const store = openStore<unknown>(home.stateDir)
  try {
    const times = new Map<string, number>()
    for (const { type, askId = '' } of store.read.events({ limit: 1_000_000 }))
      if (type === 'ask.answered') times.set(askId, (times.get(askId) ?? 0) + 1)
    for (const [askId, n] of times) if (n !== 1) run.fail(`decided ${n} times: ${askId}`)
    const asks = store.read.runs().flatMap(({ id }) => store.read.asksOfRun(id))
    for (const { state, title } of asks) if (state !== 'answered') run.fail(`${state}: ${title}`)
  } finally {
    store.close()
  }
}

async function eventually<T>(find: () => T | undefined, limitMs: number): Promise<T | undefined> {
  for (const until = performance.now() + limitMs; ; await sleep(10)) {
    const found = find()
    if (found !== undefined || performance.now() > until) return found
  }
}
