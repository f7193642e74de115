import type { GitHubState } from '../../github/state.ts'

/** An account, as far as it is kept. */
export interface Person {
  id: string
  login: string
}

/** An issue as it was when it was taken up: what is worked on, whatever is written there later. */
export interface Snapshot {
  title: string
  body: string
  url: string
  author: Person
  /** The author has no write access: a person must have seen exactly this. */
  outsider: boolean
  /** Beside the one that has it worked on; absent: there are none. */
  labels?: string[]
  /** By people with write access alone. */
  comments: { login: string; body: string }[]
  /** Addresses of the pictures in what people with write access wrote; absent: there are none. */
  pictures?: string[]
  /** Of title and body. */
  hash: string
  /** The random name of the lines around what people wrote. */
  fence: string
}

/** What is known of an issue that somebody put the label on. */
export interface IssueRecord {
  /** `blocked`: another issue must be closed first; `open`: its run is not over; `over`: nothing is left to do. */
  stage: 'blocked' | 'open' | 'over'
  /** Times it was taken up. */
  take: number
  /** The event of the label that it was taken up for. */
  labelEvent: string
  by: Person
  blockers?: number[]
  snapshot?: Snapshot
  runId?: string
  /** The branch of its work, and what it begins from. */
  branch?: string
  base?: { branch: string; commit: string }
  pull?: { number: number; url: string }
  /** The reaction and the first comment are there, and the label is off. */
  isAnnounced?: true
  /** It says something else by now than what is worked on. */
  isEdited?: true
  /** Hash of the edited text that Claude was told last. */
  toldEdit?: string
  /** It was noted as done. */
  isDone?: true
  /** Why its work was ended from here. */
  endedBecause?: string
}

/** Records of the issues of a repository. */
export interface Records {
  get: (number: number) => IssueRecord | undefined
  set: (number: number, record: IssueRecord) => void
  change: (number: number, change: Partial<IssueRecord>) => void
  all: () => { number: number; record: IssueRecord }[]
}

export function recordsIn({ issues, transaction }: Pick<GitHubState, 'issues' | 'transaction'>): Records {
  const get = (number: number) => issues.get<IssueRecord>(number)
  return {
    get,
    set: (number, record) => issues.set(number, record),
    change: (number, change) =>
      transaction(() => {
        const known = get(number)
        if (known) issues.set(number, { ...known, ...change })
      }),
    all: () => issues.all<IssueRecord>().map(({ number, value }) => ({ number, record: value })),
  }
}

/** `#12` → 12. */
export const numberOf = (ref: string): number => Number(/^#(\d+)$/.exec(ref)?.[1] ?? Number.NaN)
