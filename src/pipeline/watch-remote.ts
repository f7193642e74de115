import { eachInTurn } from '../core/each-in-turn.ts'
import type { KeptValues } from '../core/kept-values.ts'
import type { Actor, PushedCommit, Run } from '../core/types.ts'
import { sha256 } from '../text/sha256.ts'
import { matchesBranch } from './branches.ts'

/** A push as it was seen: by a webhook, which says who, or by comparing. */
export interface SeenPush {
  branch: string
  sha: string
  before?: string
  by: Actor
}

/** Whoever pushed, where nobody has said so. */
export const SOMEBODY: Actor = { surface: 'baton', id: 'push', name: 'somebody who pushed' }

export interface RemoteWatchPorts {
  queue: string
  memory: KeptValues
  /** Pipelines by file, with the branches that start them. */
  pipelines: () => readonly { file: string; push: string[] }[]
  heads: () => Promise<Map<string, string>>
  /** Brings the commit here; false: the remote no longer has it. */
  fetch: (push: { branch: string; sha: string }) => Promise<boolean>
  /** Starts a run; the same id twice is one run. Words where it could not be started. */
  start: (runId: string, push: PushedCommit) => Promise<string | undefined>
  newRunId: () => string
  /** The name of this machine, where others could see the same push; undefined: there are none. */
  here: () => string | undefined
  /** What is known here of a run; undefined: nothing. */
  runState: (runId: string) => Run['state'] | undefined
  note: (text: string) => void
}

interface Waiting extends SeenPush {
  file: string
  runId: string
  /** The machine that began with it; kept until it is over, for whoever comes next. */
  begun?: string
}

/** Sees pushes, and starts what they start. What was seen is stored before anything follows from it. */
export interface RemoteWatch {
  /** Takes note of a push at once; gives the run of the first pipeline that it starts. */
  seen: (push: SeenPush) => string | undefined
  /** Compares the remote with what was seen last. */
  compare: () => Promise<void>
  /** Starts what waits; what cannot be started now waits for the next time. */
  startWaiting: () => Promise<void>
  /** Another machine had begun with what waits here: people hear of that, and nothing of it starts a second time. */
  takeOver: () => void
  /** A run is over. */
  over: (runId: string) => void
}

export function watchRemote(ports: RemoteWatchPorts): RemoteWatch {
  const { memory } = ports
  const waitingKey = `pipelines:waiting:${ports.queue}`
  const headsKey = `pipelines:heads:${ports.queue}`
  const waiting = () => memory.get<Waiting[]>(waitingKey) ?? []
  const drop = (runId: string) => {
    const all = waiting()
    const rest = all.filter((other) => other.runId !== runId)
    if (rest.length < all.length) memory.set(waitingKey, rest)
  }
  const begin = (runId: string, begun: string) =>
    memory.set(
      waitingKey,
      waiting().map((one) => (one.runId === runId ? { ...one, begun } : one)),
    )

  /** A commit on a branch starts a pipeline once, however often and by whom it is seen. */
  const runOf = ({ file, branch, sha }: Pick<PushedCommit, 'file' | 'branch' | 'sha'>) =>
    `pipelines:run:${ports.queue}:${sha256([file, branch, sha].join('\0'))}`

  const seen: RemoteWatch['seen'] = (push) =>
    memory.transaction(() => {
      let first: string | undefined
      for (const { file, push: patterns } of ports.pipelines()) {
        if (!matchesBranch(patterns, push.branch)) continue
        const key = runOf({ file, ...push })
        const known = memory.get<string>(key)
        const runId = known ?? ports.newRunId()
        first ??= runId
        if (known !== undefined) continue
        memory.set(key, runId)
        memory.set(waitingKey, [...waiting(), { ...push, file, runId } satisfies Waiting])
      }
      return first
    })

  return {
    seen,
    async compare() {
      const before = memory.get<Record<string, string>>(headsKey)
      const heads = await ports.heads()
      const now: Record<string, string> = Object.fromEntries(heads)
      // What was there before Baton looked for the first time is no push.
      if (before)
        for (const [branch, sha] of heads) {
          const last = before[branch]
          if (last !== sha) seen({ branch, sha, by: SOMEBODY, ...(last !== undefined && { before: last }) })
        }
      memory.set(headsKey, now)
    },
    // One whose commit cannot be fetched now keeps none of the others waiting.
    startWaiting: () =>
      eachInTurn(waiting(), async ({ file, branch, sha, before, by, runId, begun }) => {
        const run = begun === undefined ? undefined : ports.runState(runId)
        if (run === 'open') return
        const here = ports.here()
        if (run !== undefined) {
          // It ended just before a kill.
        } else if (!(await ports.fetch({ branch, sha })))
          ports.note(`The push of ${sha.slice(0, 8)} to ${branch} is gone from the remote, so ${file} does not start.`)
        else {
          if (here !== undefined) begin(runId, here)
          const push: PushedCommit = { file, branch, sha, how: 'push', by, ...(before !== undefined && { before }) }
          const problem = await ports.start(runId, push)
          if (problem !== undefined) ports.note(`${file} does not start for ${sha.slice(0, 8)}: ${problem}`)
          else if (here !== undefined) return
        }
        drop(runId)
      }),
    takeOver() {
      for (const { file, branch, sha, runId, begun } of waiting()) {
        if (begun === undefined) continue
        ports.note(
          `${file} for ${sha.slice(0, 8)} on ${branch} was under way on ${begun}, which is gone, so it does not start a second time. Push another commit, or use /deploy.`,
        )
        drop(runId)
      }
    },
    over: drop,
  }
}
