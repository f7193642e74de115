import type { Actor, Answer } from '../../src/core/types.ts'

/** An ask as it was shown over HTTP, with where its messages stand in the chats. */
export interface ShownAsk {
  id: string
  hash: string
  kind: 'approval' | 'permission' | 'question' | 'review' | 'failure'
  about?: string
  task: number
  title: string
  task_title: string
  project: string
  state: 'open' | 'answered' | 'withdrawn'
  decision: string | null
  options: { choice: Answer['choice']; label: string }[]
  questions?: { question: string; options: { label: string }[]; multiSelect: boolean }[]
}

export type Decision = Pick<Answer, 'choice' | 'text' | 'answers'>

/** A right answer that somebody gave: by who may, about what was shown. One of them must count, and only one. */
export interface Claim {
  by: Actor
  decision: Decision
  /** It was told to have counted. */
  isAccepted?: boolean
  /** It never arrived, as far as its sender knows. */
  isLost?: boolean
}

/** The model's own record of an ask, kept outside of the program. */
export interface AskRecord {
  ask: ShownAsk
  /** Chat → message with the ask. */
  messages: Map<number, number>
  claims: Claim[]
  /** Skipped together with its task: no answer is due. */
  isSkipped?: true
}

/** What came back to who did something. */
export interface Heard {
  is: 'accepted' | 'refused' | 'nothing' | 'lost'
  words: string
}

/** One act of a person or program. */
export interface Shot {
  what: string
  /** Present for a right one: what it would decide. */
  claim?: Claim
  fire: () => Promise<Heard>
}

export const lost: Heard = { is: 'lost', words: '' }
export const nothing: Heard = { is: 'nothing', words: '' }
