import type { Jira } from '../../jira/client.ts'
import { createRoundLoop, type RoundLoop, type RoundLoopOptions } from '../../rounds.ts'
import type { Tickets } from './record.ts'

/** Looks at Jira again and again: no webhook is needed. */
export interface TicketRounds extends Omit<RoundLoop, 'finish'> {
  /** One round; throws the first trouble after everything had its turn. */
  once: () => Promise<void>
}

interface RoundsParts {
  jira: Pick<Jira, 'heldUntil'>
  tickets: Tickets
  takeUp: { found: (just: readonly string[]) => Promise<void> }
  attend: { all: (how: { look: boolean }) => Promise<void> }
  pollMs: number
  listening: NonNullable<RoundLoopOptions['listening']>
  now: () => number
  onError: (error: unknown) => void
}

export function createTicketRounds({ jira, tickets, takeUp, attend, onError, ...when }: RoundsParts): TicketRounds {
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

  const { start, soon, hint, stop } = createRoundLoop({
    lookAtAll: once,
    lookAtOwn: () => attend.all({ look: false }),
    ...{ ...when, heldUntil: jira.heldUntil, onError },
  })
  return { start, soon, hint, once, stop }
}
