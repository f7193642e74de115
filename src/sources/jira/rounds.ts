import type { Jira } from '../../jira/client.ts'
import type { Tickets } from './record.ts'

/** Looks at Jira again and again: no webhook is needed. */
export interface TicketRounds {
  start: () => void
  /** Something became of a task: show it soon. */
  soon: () => void
  /** Something happened in Jira: look soon. */
  hint: () => void
  /** One round; throws the first trouble after everything had its turn. */
  once: () => Promise<void>
  stop: () => Promise<void>
}

interface RoundsParts {
  jira: Pick<Jira, 'heldUntil'>
  tickets: Tickets
  takeUp: { found: (just: readonly string[]) => Promise<void> }
  attend: { all: (how: { look: boolean }) => Promise<void> }
  pollMs: number
  now: () => number
  onError: (error: unknown) => void
}

export function createTicketRounds({ jira, tickets, takeUp, attend, pollMs, now, onError }: RoundsParts): TicketRounds {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let wanted: 'attend' | 'all' | undefined
  let isStopped = false

  /** Ids of what Baton wrote to: the search does not know of it yet. */
  const written = () =>
    tickets
      .all()
      .filter(({ stage }) => stage === 'open')
      .map(({ id }) => id)

  async function once(): Promise<void> {
    const troubles: unknown[] = []
    await takeUp.found(written()).catch((error) => troubles.push(error))
    await attend.all({ look: true }).catch((error) => troubles.push(error))
    if (troubles.length > 0) throw troubles[0]
  }

  /** One at a time, and what is wanted meanwhile once more. */
  function wake(what: 'attend' | 'all'): void {
    if (isStopped) return
    if (wanted !== 'all') wanted = what
    running ??= drain().finally(() => {
      running = undefined
      if (wanted) wake(wanted)
    })
  }

  async function drain(): Promise<void> {
    while (wanted && !isStopped) {
      const what = wanted
      wanted = undefined
      if (what === 'attend') {
        await attend.all({ look: false }).catch(onError)
        continue
      }
      clearTimeout(timer)
      await once().catch(onError)
      if (!isStopped) timer = setTimeout(() => wake('all'), Math.max(pollMs, jira.heldUntil() - now()))
    }
  }

  const unlessHeld = (what: 'attend' | 'all') => () => {
    if (now() >= jira.heldUntil()) wake(what)
  }

  return {
    start: () => wake('all'),
    soon: unlessHeld('attend'),
    hint: unlessHeld('all'),
    once,
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
