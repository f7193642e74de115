import type { CardBoard } from '../chat/cards/card.ts'
import { createTellCard } from '../chat/cards/tell.ts'
import type { AskedElsewhere, RunElsewhere } from '../core/elsewhere.ts'
import { inBackground } from '../core/in-background.ts'
import type { KeptValues } from '../core/kept-values.ts'
import type { Actor } from '../core/types.ts'
import { clockTime } from '../text/times.ts'
import { askCard, cardIdOf, endedCard, reminderCard, reminderIdOf } from './ask-card.ts'
import type { Messenger, SharedBots } from './messenger.ts'
import { createReceiptsElsewhere } from './receipts-elsewhere.ts'

/** What it works with. */
export interface AsksElsewherePorts {
  machines: Pick<SharedBots, 'asks' | 'ask' | 'carry' | 'onLook'>
  messengers: readonly Pick<Messenger, 'name' | 'chat'>[]
  cards: CardBoard
  kept: KeptValues
  redact: <T>(value: T) => T
  now: () => number
  /** IANA name of the zone that times are shown in. */
  zone: () => string
  onError: (error: unknown) => void
}

/** An ask of another machine that is shown here. */
interface Shown {
  machine: string
  hash: string
  surfaces: string[]
  /** When that machine reminded of it last, as far as it was said here. */
  remindedAt?: string
}

const SHOWN = 'asks-elsewhere'
/** Runs of other machines that were open when they were last looked at. */
const OPEN = 'runs-elsewhere'
/** Nobody has so many open at once on machines without a bot. */
const MOST_OPEN = 200
/** Nobody has decided it here. */
const NOBODY: Actor = { surface: 'schedule', id: 'machines', name: 'machines' }

/** Shows what other machines ask on the surfaces that those do not have, as cards, until somebody has decided it anywhere. */
export function createAsksElsewhere(ports: AsksElsewherePorts): { settle: () => Promise<void> } {
  const { machines, messengers, cards, kept, redact, now } = ports
  const timeOf = (iso: string) => clockTime(Date.parse(iso), { now: now(), zone: ports.zone() })
  const receipts = createReceiptsElsewhere(ports)
  /** Something could not be done, and is tried at the next look. */
  let isLeft = true

  const shown = () => kept.get<Record<string, Shown>>(SHOWN) ?? {}
  const carry = () => machines.carry(Object.entries(shown()).map(([ask, { surfaces }]) => ({ ask, surfaces })))

  const chatsOf = (surfaces: readonly string[]) =>
    messengers.filter(({ name }) => surfaces.includes(name)).map(({ chat }) => chat)

  /** Repeats what has waited for long, where that machine does so. */
  const remind = (ask: AskedElsewhere, machine: string) => {
    const known = shown()[ask.id]
    const { remindedAt } = ask
    if (!known || remindedAt === undefined || remindedAt === known.remindedAt) return
    kept.transaction(() => {
      kept.set(SHOWN, { ...shown(), [ask.id]: { ...known, remindedAt } })
      const card = redact({ ...reminderCard({ ask, machine }), outcomes: [], claims: {} })
      cards.put(card)
      for (const chat of chatsOf(known.surfaces)) chat.showCard(card)
    })
  }

  const show = ({ ask, machine, surfaces }: Parameters<typeof askCard>[0] & { surfaces: string[] }) => {
    const known = shown()[ask.id]
    const { card, document } = askCard({ ask, machine }, timeOf)
    const before = cards.get(card.id)
    // Also who has approved so far is part of what is shown.
    if (known?.hash === ask.hash && (!before || before.body === redact(card.body))) return
    kept.transaction(() => {
      // What was said before it was shown here is not repeated.
      const remindedAt = known ? known.remindedAt : ask.remindedAt
      const now = { machine, hash: ask.hash, surfaces: known?.surfaces ?? surfaces }
      kept.set(SHOWN, { ...shown(), [ask.id]: { ...now, ...(remindedAt !== undefined && { remindedAt }) } })
      if (before) {
        const isOther = known?.hash !== ask.hash
        // What was said to something else was not taken.
        const now = redact({ ...before, ...card, ...(isOther && { outcomes: [], claims: {} }) })
        cards.put(now)
        cards.show(now)
      } else {
        createTellCard({ cards, chats: chatsOf(surfaces), redact })(card, document)
      }
    })
  }

  /** That machine asks it no more: the card says how it was decided. */
  const end = async (id: string, { machine }: Shown): Promise<boolean> => {
    const card = cards.get(cardIdOf(id))
    // Decided on the card itself: the reminder says the same.
    let word = card?.outcomes.at(-1)?.word ?? 'No longer needed'
    if (card && !card.claims.all?.isDone) {
      const answer = (await machines.ask(machine, `/api/asks/${encodeURIComponent(id)}`)) as
        | { state?: unknown; decision?: unknown }
        | undefined
      if (!answer || answer.state === 'open') return false
      if (typeof answer.decision === 'string') word = answer.decision
    }
    kept.transaction(() => {
      const { [id]: _, ...others } = shown()
      kept.set(SHOWN, others)
      for (const left of [cards.get(cardIdOf(id)), cards.get(reminderIdOf(id))]) {
        if (!left || left.claims.all?.isDone) continue
        const ended = {
          ...left,
          outcomes: [...left.outcomes, redact({ mark: '⚪️', word, at: now() })],
          claims: { all: { updateId: '', by: NOBODY, isDone: true as const } },
        }
        cards.put(ended)
        cards.show(ended)
      }
    })
    return true
  }

  /** Of a run that was open, once, that it is over. */
  const noteRuns = (runs: readonly { run: RunElsewhere; surfaces: readonly string[] }[]) => {
    const before = kept.get<string[]>(OPEN) ?? []
    const ended = runs.filter(({ run }) => run.completed_at !== null && before.includes(run.session_id))
    const begun = runs.filter(({ run }) => run.completed_at === null && !before.includes(run.session_id))
    if (ended.length + begun.length === 0) return
    const over = new Set(ended.map(({ run }) => run.session_id))
    kept.transaction(() => {
      const open = [...before.filter((id) => !over.has(id)), ...begun.map(({ run }) => run.session_id)]
      kept.set(OPEN, open.slice(-MOST_OPEN))
      for (const { run, surfaces } of ended)
        for (const { name, chat } of messengers)
          if (surfaces.includes(name)) chat.showCard(redact({ ...endedCard(run), outcomes: [], claims: {} }))
    })
  }

  const round = async () => {
    const found = await machines.asks(isLeft)
    if (!found) return
    isLeft = false
    if (!(await receipts.tell(found.runs, (machine) => found.open.has(machine)))) isLeft = true
    noteRuns(found.runs)
    for (const one of found.here) {
      show(one)
      remind(one.ask, one.machine)
    }
    for (const [id, known] of Object.entries(shown())) {
      const open = found.open.get(known.machine)
      if (!open || open.has(id)) continue
      if (!(await end(id, known))) isLeft = true
    }
    carry()
  }
  const looks = inBackground(round, (error) => {
    isLeft = true
    ports.onError(error)
  })
  carry()
  machines.onLook(looks.wake)
  return { settle: looks.idle }
}
