import type { KeptValues } from '../../core/kept-values.ts'

/** An account of Jira, as far as it is kept. */
export interface TicketReporter {
  id: string
  name: string
}

/** A ticket as it was when it was taken up: what is worked on, whatever is written there later. */
export interface TicketText {
  title: string
  /** Markdown. */
  body: string
  /** Of title and body. */
  hash: string
  /** The random name of the lines around what people wrote. */
  fence: string
}

/** What is known of a ticket that was taken up. */
export interface TicketRecord {
  /** Jira's id: it stays when the ticket is moved to another project and its key changes. */
  id: string
  key: string
  url: string
  stage: 'open' | 'over'
  /** Times it was taken up. */
  take: number
  by: TicketReporter
  text: TicketText
  runId: string
  /** The one comment of this run. Without an id it was sent and never answered; `body` is what it says, as JSON. */
  comment?: { id?: string; body: string }
  /** The address that a link of the ticket leads to. */
  link?: string
  /** What the property of the ticket says. */
  property?: string
  /** The status it was last moved to, as the configuration calls it. */
  movedTo?: string
  /** A status that no step leads to from where the ticket is. */
  noStepTo?: string
  /** The ticket says something else by now than what is worked on. */
  isEdited?: true
  /** Noted as done. */
  isDone?: true
  /** Why its work was ended from here. */
  endedBecause?: string
  /** Id of the status it had when all was over: another one later was somebody's wish. */
  statusAtEnd?: string
}

/** Tickets of a project on a site of Jira. */
export interface Tickets {
  get: (id: string) => TicketRecord | undefined
  /** `BAT-7` */
  named: (key: string) => TicketRecord | undefined
  set: (record: TicketRecord) => void
  change: (id: string, change: Partial<TicketRecord>) => void
  all: () => TicketRecord[]
  /** Tickets that were looked at and left alone, by id: when they had been changed last. */
  leftAlone: { get: (id: string) => string | undefined; set: (id: string, updated: string) => void }
}

/** So many that were left alone are remembered; an older one is only looked at once more. */
const MOST_LEFT_ALONE = 500

export function ticketsIn(kept: KeptValues, site: string): Tickets {
  const root = `jira:${site}`
  const idsAt = `${root}:tickets`
  const aloneAt = `${root}:left-alone`
  const at = (id: string) => `${root}:ticket:${id}`
  const ids = () => kept.get<string[]>(idsAt) ?? []
  const get = (id: string) => kept.get<TicketRecord>(at(id))
  const all = () => ids().flatMap((id) => get(id) ?? [])
  return {
    get,
    all,
    named: (key) => all().find((record) => record.key === key),
    set: (record) =>
      kept.transaction(() => {
        const known = ids()
        if (!known.includes(record.id)) kept.set(idsAt, [...known, record.id])
        kept.set(at(record.id), record)
      }),
    change: (id, change) =>
      kept.transaction(() => {
        const known = get(id)
        if (known) kept.set(at(id), { ...known, ...change })
      }),
    leftAlone: {
      get: (id) => (kept.get<[string, string][]>(aloneAt) ?? []).find(([known]) => known === id)?.[1],
      set: (id, updated) =>
        kept.transaction(() => {
          const others = (kept.get<[string, string][]>(aloneAt) ?? []).filter(([known]) => known !== id)
          kept.set(aloneAt, [...others, [id, updated]].slice(-MOST_LEFT_ALONE))
        }),
    },
  }
}
