import type { AskRef, RunElsewhere, SaidElsewhere } from '../core/elsewhere.ts'
import type { Reply } from '../core/inputs.ts'
import type { KeptValues } from '../core/kept-values.ts'
import type { Hearing } from '../core/people.ts'
import type { Actor, BatonEvent } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import type { DeliveryQueue } from '../outbox/delivery.ts'
import type { CardBoard } from './cards/card.ts'
import type { ChatCall } from './delivery.ts'
import type { GreetingView } from './render/greeting.ts'
import type { ChatRef } from './transport.ts'

/** A task's difference, as far as there is one. */
type Diff = { ok: true; stat: string; patch: Buffer; truncated: boolean } | { ok: false; why: string }

/** What a chat keeps: all of it in one database, so that it can be stored together. */
export interface ChatStore {
  updates: {
    /** What was heard under this id is over. */
    handled: (id: string, at: number) => void
  }
  deliveries: Omit<DeliveryQueue<ChatCall>, 'keepOnly'>
  meta: KeptValues
  events: (options: { after: number; limit: number }) => BatonEvent[]
}

/** A next start by the schedule. */
interface PlannedStart {
  at: number
  files?: string[]
  project: string
}

/** Has Claude write task files; what comes of it appears as a card. Answers are for people to read. */
interface PlanDesk {
  /** From words, a note, or (without either) today's note. The same `key` again is the same plan. */
  plan: (request: { words?: string; note?: string; project?: string; key?: string }, by: Actor) => Promise<Reply>
  /** `version` is the one that was shown. */
  change: (id: string, version: number, words: string) => Reply
  begin: (id: string, version: number, by: Actor) => Promise<Reply>
  drop: (id: string) => Reply
}

/** A machine among several that work together. */
interface MachineOfChat {
  name: string
  /** What the others work on or did lately. */
  runs: () => Promise<RunElsewhere[]>
  /** Answers an ask of another one, in somebody's name. */
  answer: (to: AskRef, said: SaidElsewhere, by: Actor, key: string) => Promise<Reply>
  /** What the API of each other one answers; undefined: nothing at the moment. */
  askAll: (path: string) => Promise<{ machine: string; answer: unknown }[]>
  /** The same of one. */
  ask: (machine: string, path: string) => Promise<unknown>
}

/** Everything that what is said in chats is built from. */
export interface ChatDeps {
  /** Where events are announced. */
  chats: readonly ChatRef[]
  /** Those of them that several people read: what went to somebody's own chat need not be repeated there. */
  groups?: readonly ChatRef[]
  /** Who gets the messages of a chat, by the ids that their commands carry. */
  audienceOf?: (chatId: ChatRef) => readonly string[]
  /** Groups of the platform that somebody is in, as a role names them, as far as is known; default: nobody is known to be in any. */
  groupsOf?: (personId: string) => readonly string[]
  /** Groups of people who are listened to, as a role names them. */
  listenedTo?: readonly string[]
  /** How somebody wants to hear of things here; default: as configured. */
  hearingOf?: (personId: string) => Hearing
  /** The members of these roles, as config.yaml names them. */
  membersOf?: (roles: readonly string[]) => string[]
  /** Whether a member of a role gets messages in a chat, on whatever platform. */
  isReached?: (member: string) => boolean
  /** Default: its own. */
  cards?: CardBoard
  config: {
    sound: 'needed' | 'ends' | 'all'
    /** Minutes after midnight; the second may be on the next day. */
    quietHours?: { fromMinute: number; toMinute: number }
    /** 0: never. */
    remindAfterMs: number
    progressMs: number
  }
  /** IANA name; default the machine's. */
  timezone?: string
  api: DaemonApi
  artifacts: {
    diff: (taskId: string) => Promise<Diff>
    logTail: (taskId: string, lines: number) => Promise<{ lines: string[]; file: string } | undefined>
  }
  store: ChatStore
  /** Names of the task files of a queue, seen from home. */
  taskFiles: (queue: string) => Promise<string[]>
  /** A queue's project has a repository on GitHub. */
  isOnGitHub: (queue: string) => boolean
  /** Ceilings of a queue, USD. */
  budgetOf?: (queue: string) => { runUsd?: number; dayUsd?: number }
  nextStarts?: () => PlannedStart[]
  /** What a chat is greeted with: where Baton works and what is ready to start. */
  greeting?: () => Promise<GreetingView>
  /** The report of a run as Markdown. */
  report?: (runId: string) => Promise<string | undefined>
  /** A link that opens the dashboard, once. */
  dashboardLink?: (by: Actor) => string | undefined
  plans?: PlanDesk
  /** This machine, where several work together. */
  machine?: MachineOfChat
  /** The server has taken something, and nothing is noted of it yet. */
  onShipped?: () => void
  /** Puts a file into the inbox folder of the queue's project; gives its path as Claude sees it. */
  saveFile?: (queue: string, file: { name: string; bytes: Buffer }) => Promise<string>
  /** A copy without secrets. */
  redact: <T>(value: T) => T
  /** Epoch milliseconds. */
  now: () => number
  log: {
    info: (fields: object, text: string) => void
    warn: (fields: object, text: string) => void
    error: (fields: object, text: string) => void
  }
}
