import type { z } from 'zod'
import type { HttpDeps } from '../deps.ts'
import { iso } from '../present/moment.ts'
import { ask } from '../schemas/ask.ts'
import { run } from '../schemas/run.ts'

type ShownRun = z.output<typeof run>
type ShownAsk = z.output<typeof ask>
type Named<T> = T & { machine: string }

/** What the other machines work on, and what they ask. */
export interface Others {
  sessions: Named<ShownRun>[]
  asks: Named<ShownAsk>[]
}

/** What a machine shows of itself to the others; a run or an ask that cannot be read, of a newer one, is left out. */
export function readDoing(doing: Record<string, unknown>): { sessions: ShownRun[]; asks: ShownAsk[] } {
  return { sessions: readEach(run, doing.sessions), asks: readEach(ask, doing.asks) }
}

function readEach<T extends z.ZodType>(form: T, list: unknown): z.output<T>[] {
  return (Array.isArray(list) ? list : []).flatMap((one) => {
    const { data } = form.safeParse(one)
    return data === undefined ? [] : [data]
  })
}

/** Reads what the others show. */
export function othersOf({ machines }: Pick<HttpDeps, 'machines'>): Others {
  const all: Others = { sessions: [], asks: [] }
  for (const { machine, doing, silentSince } of machines?.others() ?? []) {
    const { sessions, asks } = readDoing(doing)
    const silent = silentSince !== undefined && { machine_silent_since: iso(silentSince) }
    for (const session of sessions) all.sessions.push({ ...session, machine, ...silent })
    // Nobody is there to take the answer.
    if (silent) continue
    for (const one of asks) all.asks.push({ ...one, machine })
  }
  return all
}
