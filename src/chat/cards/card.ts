import type { AskRef, SaidElsewhere } from '../../core/elsewhere.ts'
import type { KeptValues } from '../../core/kept-values.ts'
import type { Actor } from '../../core/types.ts'
import type { Snooze } from '../callback.ts'

/** What a button of a card does. */
export type CardAct =
  | { type: 'start'; project: string; files: string[] }
  | { type: 'plan'; project: string; note: string }
  /** A card kept by an earlier version names no run. */
  | { type: 'retry'; project: string; task: number; runId?: string }
  /** Shows again what waits for an answer. */
  | { type: 'asks' }
  | { type: 'later' }
  /** Answers what another machine asks. */
  | { type: 'answer'; to: AskRef; said: SaidElsewhere }
  /** Asks when to remind of that, and says it to that machine. */
  | { type: 'snooze-when' }
  | { type: 'snooze'; to: AskRef; until: Snooze }
  /** About a plan, in the version that was shown. */
  | { type: 'plan-start' | 'plan-change' | 'plan-drop'; plan: string; version: number }

export interface CardButton {
  label: string
  does: CardAct
  style?: 'success' | 'danger' | 'primary'
  /** Only there when the document arrived. */
  needsDocument?: true
}

/** What became of a card, or of one of its buttons: `▶️ Started by Anna`; without `by` nobody decided: it ran out. */
export interface CardOutcome {
  mark: string
  word: string
  by?: Actor
  at: number
  text?: string
}

/** A message with buttons, each of which counts once. */
export interface Card {
  /** It answers somebody: it goes to where they asked, and nowhere else. */
  askedBy?: Actor
  /** What another machine asks: words that reply to the card are for that one. */
  asks?: AskRef
  /** The card that it reminds of. Only the newest reminder is shown. */
  reminds?: string
  /** The project that it is about; absent: all, or the card says which. */
  project?: string
  /** Names the card in callback data: at most 40 letters, digits, `_`, `.` and `-`. */
  id: string
  mark: string
  title: string
  body: string
  buttons: CardButton[]
  /** One tap removes all buttons; otherwise only its own. */
  exclusive: boolean
  silent: boolean
  /** It says how a task has ended. */
  isReceipt?: boolean
}

/** A card as it is remembered, so that its message can follow what becomes of it. */
export interface KeptCard extends Card {
  outcomes: CardOutcome[]
  /** By button (or `all`): the update whose tap is being handled or was handled. */
  claims: Record<string, { updateId: string; by: Actor; isDone?: true }>
}

/** Old cards stop working one day: their buttons then say so. */
const MOST = 40

/** The cards that can still be tapped, the same on every platform; changes belong in a transaction. */
export interface CardBoard {
  get: (id: string) => KeptCard | undefined
  /** Those on which another machine asks what nobody has answered. */
  asking: () => KeptCard[]
  /** Adds a card, or puts it in the place of the one of the same id. */
  put: (card: KeptCard) => void
  /** Has every chat show a card as it is now, in the transaction that changes it. */
  show: (card: KeptCard) => void
  /** Is called for each card that should be shown as it is now. */
  onShow: (refresh: (card: KeptCard) => void) => void
}

/** Makes it over the store's notes. */
export function createCardBoard({ get, set }: KeptValues): CardBoard {
  const all = () => get<KeptCard[]>('cards') ?? []
  const followers: ((card: KeptCard) => void)[] = []
  return {
    get: (id) => all().find((card) => card.id === id),
    asking: () => all().filter(({ asks, claims }) => asks !== undefined && !claims.all?.isDone),
    put: (card) => {
      const cards = all()
      const place = cards.findIndex(({ id }) => id === card.id)
      set('cards', (place === -1 ? [...cards, card] : cards.with(place, card)).slice(-MOST))
    },
    show: (card) => {
      for (const refresh of followers) refresh(card)
    },
    onShow: (refresh) => followers.push(refresh),
  }
}

export const cardSlot = (id: string) => `card:${id}`

/** What a tap on a button claims. */
export const claimKey = (card: Card, button: number) => (card.exclusive ? 'all' : String(button))

/** The buttons that still do something, with their places. */
export function openButtons(card: KeptCard): { button: CardButton; place: number }[] {
  return card.buttons
    .map((button, place) => ({ button, place }))
    .filter(({ place }) => !card.claims[claimKey(card, place)]?.isDone)
}
