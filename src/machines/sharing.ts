import type { KeptValues } from '../core/kept-values.ts'
import { plural } from '../text/amounts.ts'
import { when } from '../text/times.ts'
import { type Across, createAcross } from './across.ts'
import { type MemberPorts, type Membership, startMember } from './member.ts'
import type { SeenDoing } from './postgres/crossing.ts'
import { createSharedBot, type SharedBot } from './shared-bot.ts'

/** What a daemon shares with those on other machines: runs, bots, and what it shows. */
export interface Sharing {
  across: Across
  /** For its chats. */
  bots: {
    bot: (surface: string, token: string) => SharedBot
    /** Settles when it is known who hears. */
    known: () => Promise<void>
    /** Machines that ask something. */
    asking: () => string[]
    /** What the others do, a line a run. */
    elsewhere: () => string[]
  }
  join: (ports: Omit<MemberPorts, 'across'>) => Membership
}

/** Prepares it; nothing is connected before it joins. */
export function openSharing(kept: KeptValues, onError: (error: unknown) => void): Sharing {
  const across = createAcross(kept, onError)
  return {
    across,
    bots: {
      bot: (surface, token) => createSharedBot(across, surface, token),
      known: across.known,
      asking: () =>
        across
          .others()
          .flatMap(({ machine, doing, silentSince }) =>
            silentSince === undefined && listIn(doing, 'asks').length > 0 ? [machine] : [],
          ),
      elsewhere: () => across.others().flatMap(linesOf),
    },
    join: (ports) => startMember({ ...ports, across }),
  }
}

const listIn = (doing: Record<string, unknown>, key: string): unknown[] =>
  Array.isArray(doing[key]) ? (doing[key] as unknown[]) : []

/** Runs of a machine that are not over; what a newer one says of itself in other words is left out. */
function linesOf({ machine, doing, silentSince }: SeenDoing): string[] {
  return listIn(doing, 'sessions').flatMap((session) => {
    const {
      project,
      status,
      completed_at,
      completed_tasks: done,
      total_tasks: all,
    } = session as Record<string, unknown>
    if (completed_at !== null || typeof done !== 'number' || typeof all !== 'number') return []
    const silent = silentSince === undefined ? '' : `; nothing heard of it since ${when(silentSince, Date.now())}`
    return [`${machine} · ${project}: ${status}, ${done} of ${plural(all, 'task')} done${silent}`]
  })
}
