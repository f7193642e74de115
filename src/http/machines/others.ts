import { z } from 'zod'
import type { HttpDeps } from '../deps.ts'
import { iso } from '../present/moment.ts'
import { ask } from '../schemas/ask.ts'
import { run } from '../schemas/run.ts'

/** What a machine shows of itself to the others; more than it may come from a newer one. */
const shown = z.object({ sessions: z.array(run).default([]), asks: z.array(ask).default([]) })
type Shown = z.output<typeof shown>
type Named<T> = T & { machine: string }

/** What the other machines work on, and what they ask. */
export interface Others {
  sessions: Named<Shown['sessions'][number]>[]
  asks: Named<Shown['asks'][number]>[]
}

/** Reads what the others show; what cannot be read of one is left out. */
export function othersOf({ machines }: Pick<HttpDeps, 'machines'>): Others {
  const all: Others = { sessions: [], asks: [] }
  for (const { machine, doing, silentSince } of machines?.others() ?? []) {
    const { data } = shown.safeParse(doing)
    const silent = silentSince !== undefined && { machine_silent_since: iso(silentSince) }
    for (const session of data?.sessions ?? []) all.sessions.push({ ...session, machine, ...silent })
    // Nobody is there to take the answer.
    if (silent) continue
    for (const one of data?.asks ?? []) all.asks.push({ ...one, machine })
  }
  return all
}
