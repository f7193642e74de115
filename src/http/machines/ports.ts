import type { AskedElsewhere, ShownElsewhere } from '../../core/elsewhere.ts'
import type { Actor } from '../../core/types.ts'

/** A call of the API that belongs to another machine. */
interface PassedCall {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  key?: string
  /** Of an answer to an ask: who gave it, in a chat of the machine that calls. */
  by?: Actor
}

/** What came of it. */
interface PassedAnswer {
  status: number
  type: string
  text: string
}

/** Something that happened on another machine. */
export interface EventElsewhere {
  machine: string
  /** Its place among the events of that machine, which only rises. */
  place: number
  event: Record<string, unknown>
}

/** What this machine shows to the others, and how it answers for what is its own. */
export interface LocalMachine {
  doing: () => Record<string, unknown>
  /** What another one shows of itself. */
  read: (doing: Record<string, unknown>) => Promise<{ sessions: ShownElsewhere[]; asks: AskedElsewhere[] }>
  answer: (call: PassedCall) => Promise<PassedAnswer>
  events: {
    lastSeq: () => number
    /** Each event after a place, as JSON without secrets. */
    follow: (listener: (seq: number, json: string) => void, after: number) => () => void
  }
}

/** The machines that share runs with this one, as far as HTTP shows them. */
export interface MachinesPorts {
  serve: (local: LocalMachine) => void
  others: () => readonly { machine: string; doing: Record<string, unknown>; silentSince?: number }[]
  /** Counts up when what the others do has changed. */
  changes: () => number
  /** Throws where it does not answer. */
  call: (machine: string, call: PassedCall) => Promise<PassedAnswer>
  /** Hears what happens there, first what is remembered of it, until the returned function is called. */
  follow: (listener: (events: readonly EventElsewhere[], isBacklog: boolean) => void) => () => void
}
