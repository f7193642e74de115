import type { Ask, Choice } from './types.ts'

/** A run, as its machine shows it to the others. */
export interface ShownElsewhere {
  session_id: string
  project: string
  status: string
  completed_at: string | null
  completed_tasks: number
  total_tasks: number
  /** Tasks by their status. */
  counts?: Readonly<Record<string, number>> | undefined
  task_files: readonly string[]
}

/** The same, with its machine. */
export interface RunElsewhere extends ShownElsewhere {
  machine: string
  /** Nothing was heard of that machine since then, ms; absent: it is there. */
  silentSince?: number
}

/** An ask, as its machine shows it to the others. */
export interface AskedElsewhere {
  id: string
  hash: string
  kind: Ask['kind']
  /** What can be picked: an answer by its label, everything else by what it decides. */
  options: readonly { choice: Choice; label: string }[]
  questions?: readonly { multiSelect: boolean; options: readonly { label: string }[] }[] | undefined
  deciders?: string | undefined
  /** When somebody was last reminded of it; until when nobody is, and who said so. ISO 8601. */
  remindedAt?: string | undefined
  snoozed?: { until: string; by: string } | null | undefined
  /** Its words, with what cannot be seen made visible. */
  shown: {
    title: string
    text: string
    description?: string | undefined
    remark?: string | undefined
    mixed: readonly string[]
    /** What “Allow for this task” allows. */
    grant?: { before: string; kind?: string | undefined; after: string } | undefined
    questions: readonly {
      question: string
      options: readonly { label: string; description?: string | undefined }[]
    }[]
  }
}

/** Which ask of which machine, as it was shown. */
export interface AskRef {
  machine: string
  ask: string
  hash: string
}

/** What a person said to it: words, the label of an option, or what was decided. */
export type SaidElsewhere =
  | { answer: string | { choice: Choice } }
  /** When to be reminded of it. It is an answer to a Baton that knows no such thing, which refuses it. */
  | { answer: { snooze: string } }
  /** Yes to whatever is asked. */
  | { approve: true }
  /** No, with the reason if there is one. */
  | { reject: string }

/** What is kept of the other machines, for commands that only look. */
export interface KeptElsewhere {
  at: number
  /** Each as it shows itself; what that is, is for whoever reads it to check. */
  machines: readonly { machine: string; doing: Record<string, unknown>; silentSince?: number }[]
  /** Which machine listens to which source, this one too; absent: there is none. */
  listening?: Readonly<Record<string, string>>
}

/** Under what it is kept. */
export const KEPT_ELSEWHERE = 'machines:elsewhere'
/** Where it is kept who listens to what. */
export const KEPT_LISTENING = 'machines:listening'

/** What is kept of them; undefined: this machine shares with none. */
export function keptElsewhere(get: <T>(key: string) => T | undefined): KeptElsewhere | undefined {
  const kept = get<KeptElsewhere>(KEPT_ELSEWHERE)
  const listening = get<NonNullable<KeptElsewhere['listening']>>(KEPT_LISTENING)
  return kept && { ...kept, ...(listening && { listening }) }
}
