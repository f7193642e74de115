import {
  LISTENS_ALONE,
  ListensElsewhere,
  type SharedPlace,
  type ShareSource,
  type SourceLease,
} from '../core/source-lease.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import type { Runner } from '../daemon/runner-types.ts'
import { whileListening } from './while-listening.ts'

/** What looks at the place of a project's tickets again and again needs of what works on them. */
export interface TrackPorts {
  api: Pick<DaemonApi, 'submit' | 'view'>
  note: (text: string) => void
  /** Books what Claude cost beside the tasks, USD. */
  spent: (usd: number) => Promise<void>
  /** Who listens, where several machines could; absent: this one. */
  lease?: SourceLease
  onError: (error: unknown) => void
}

/** Looks again and again, once it is started. */
interface TrackRounds {
  start: () => void
  /** Something happened there: look soon. */
  hint: () => void
  /** Something became of a task: show it soon. */
  soon: () => void
  /** Another machine listened before: what it took up is this machine's now. */
  takenOver: () => void
  stop: () => Promise<void>
}

/** A project whose tasks are also written elsewhere, where people see what becomes of them. */
export interface TrackedProject {
  /** What is looked at there, as other machines know it too. */
  place: SharedPlace
  /** Throws where it cannot be reached. */
  rounds: (ports: TrackPorts) => Promise<TrackRounds>
}

interface TrackTrackersPorts {
  /** What people call it: GitHub, Jira. */
  name: string
  /** By project. */
  projects: ReadonlyMap<string, TrackedProject>
  runner: Pick<Runner, 'api' | 'note' | 'spent'>
  /** Absent: no other machine could listen. */
  share?: ShareSource
  /** A line for people. */
  onTrouble: (text: string) => void
  onError: (error: unknown) => void
}

/** What is looked at again and again. */
export interface Tracking {
  /** Gives how to end it. */
  start: () => () => Promise<void>
  /** Something happened there: look soon. */
  hint: () => void
}

/** Looks for every project, once it is started; trouble with one is reported once, until it is different trouble. */
export function trackProjects({ name, projects, runner, share, onTrouble, onError }: TrackTrackersPorts): Tracking {
  const running = new Map<string, TrackRounds>()
  const leases = new Map<string, SourceLease>()
  let isStopped = false
  let unfollow = () => {}

  async function begin(project: string, one: TrackedProject, lease: SourceLease): Promise<void> {
    let last: string | undefined
    const tell = (error: unknown) => {
      // Whoever listens now does it.
      if (error instanceof ListensElsewhere) return
      if (!isTroubleOf(name, error)) return onError(error)
      const text = `${name}: ${error.message}`
      // Limits pass, and everybody has them.
      if (text !== last && error.kind !== 'limited') onTrouble(text)
      last = text
    }
    try {
      const rounds = await one.rounds({
        api: lease === LISTENS_ALONE ? runner.api : whileListening(runner.api, lease),
        lease,
        note: (text) => runner.note(project, text),
        spent: (usd) => runner.spent(project, usd),
        onError: tell,
      })
      if (isStopped) return
      running.set(project, rounds)
      lease.onHeld(({ isAfresh }) => {
        if (isAfresh) rounds.takenOver()
        rounds.hint()
      })
      lease.onHint(rounds.hint)
      rounds.start()
    } catch (error) {
      tell(error)
    }
  }

  const stop = async () => {
    isStopped = true
    unfollow()
    await Promise.all([...running.values()].map((rounds) => rounds.stop()))
  }

  return {
    start() {
      for (const [project, one] of projects) {
        const lease = share?.(one.place) ?? LISTENS_ALONE
        leases.set(project, lease)
        void begin(project, one, lease)
      }
      if (projects.size === 0) return stop
      // What became of a task is shown soon.
      unfollow = runner.api.follow(({ type, queue }) => {
        if (/^(task|ask|run)\./.test(type)) running.get(queue)?.soon()
      })
      return stop
    },
    hint() {
      for (const [project, rounds] of running) hintAt(leases.get(project), rounds)
    },
  }
}

/** Where another machine listens, it is the one that looks. */
export function hintAt(lease: SourceLease = LISTENS_ALONE, { hint }: Pick<TrackRounds, 'hint'>): void {
  if (lease.isHeld()) hint()
  else lease.hint()
}

/** Told apart without loading what talks to the place. */
const isTroubleOf = (name: string, error: unknown): error is Error & { kind: string } =>
  error instanceof Error && error.name === `${name}Error`
