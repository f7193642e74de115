import type { DaemonApi } from '../daemon/api/api.ts'
import type { Runner } from '../daemon/runner-types.ts'

/** What looks at the place of a project's tickets again and again needs of what works on them. */
export interface TrackPorts {
  api: Pick<DaemonApi, 'submit' | 'view'>
  note: (text: string) => void
  /** Books what Claude cost beside the tasks, USD. */
  spent: (usd: number) => Promise<void>
  onError: (error: unknown) => void
}

/** Looks again and again, once it is started. */
interface TrackRounds {
  start: () => void
  /** Something happened there: look soon. */
  hint: () => void
  /** Something became of a task: show it soon. */
  soon: () => void
  stop: () => Promise<void>
}

/** A project whose tasks are also written elsewhere, where people see what becomes of them. */
export interface TrackedProject {
  /** Throws where it cannot be reached. */
  rounds: (ports: TrackPorts) => Promise<TrackRounds>
}

interface TrackTrackersPorts {
  /** What people call it: GitHub, Jira. */
  name: string
  /** By project. */
  projects: ReadonlyMap<string, TrackedProject>
  runner: Pick<Runner, 'api' | 'note' | 'spent'>
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
export function trackProjects({ name, projects, runner, onTrouble, onError }: TrackTrackersPorts): Tracking {
  const running = new Map<string, TrackRounds>()
  let isStopped = false
  let unfollow = () => {}

  async function begin(project: string, one: TrackedProject): Promise<void> {
    let last: string | undefined
    const tell = (error: unknown) => {
      if (!isTroubleOf(name, error)) return onError(error)
      const text = `${name}: ${error.message}`
      // Limits pass, and everybody has them.
      if (text !== last && error.kind !== 'limited') onTrouble(text)
      last = text
    }
    try {
      const rounds = await one.rounds({
        api: runner.api,
        note: (text) => runner.note(project, text),
        spent: (usd) => runner.spent(project, usd),
        onError: tell,
      })
      if (isStopped) return
      running.set(project, rounds)
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
      for (const [project, one] of projects) void begin(project, one)
      if (projects.size === 0) return stop
      // What became of a task is shown soon.
      unfollow = runner.api.follow(({ type, queue }) => {
        if (/^(task|ask|run)\./.test(type)) running.get(queue)?.soon()
      })
      return stop
    },
    hint() {
      for (const rounds of running.values()) rounds.hint()
    },
  }
}

/** Told apart without loading what talks to the place. */
const isTroubleOf = (name: string, error: unknown): error is Error & { kind: string } =>
  error instanceof Error && error.name === `${name}Error`
