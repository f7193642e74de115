import type { Runner } from '../../daemon/runner-types.ts'
import type { GitHubError } from '../../github/errors.ts'
import type { Rounds } from '../../github/rounds.ts'
import type { ProjectGitHub } from './open.ts'

/** What the rounds of all repositories need. */
export interface WatchGitHubPorts {
  gitHub: ReadonlyMap<string, ProjectGitHub>
  runner: Pick<Runner, 'api' | 'note' | 'spent'>
  /** A line for people. */
  onTrouble: (text: string) => void
  onError: (error: unknown) => void
}

/** The repositories that are looked at again and again. */
export interface GitHubRounds {
  /** Gives how to end it. */
  start: () => () => Promise<void>
  /** Something happened on GitHub: look soon. */
  hint: () => void
}

/** Looks at every repository, once it is started; trouble with one is told once, until it is another. */
export function watchGitHub({ gitHub, runner, onTrouble, onError }: WatchGitHubPorts): GitHubRounds {
  const running = new Map<string, Rounds>()
  let isStopped = false
  let unfollow = () => {}

  async function begin(project: string, one: ProjectGitHub): Promise<void> {
    let last: string | undefined
    const tell = (error: unknown) => {
      if (!isGitHubError(error)) return onError(error)
      const text = `GitHub: ${error.message}`
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
      for (const [project, one] of gitHub) void begin(project, one)
      if (gitHub.size === 0) return stop
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

/** Told apart without loading what talks to GitHub. */
const isGitHubError = (error: unknown): error is GitHubError => error instanceof Error && error.name === 'GitHubError'
