import { onTestFinished } from 'vitest'
import type { SharedPlace, SourceLease } from '../../src/core/source-lease.ts'
import { LEASE_MS } from '../../src/machines/machines.ts'
import { createMembers } from '../../src/machines/postgres/members.ts'
import { type SourceLeases, sourceLeases } from '../../src/machines/postgres/sources.ts'
import { createSharedSources, type SharedSources } from '../../src/machines/shared-sources.ts'
import { createSourceNotes } from '../../src/store/source-notes.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { Home } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'
import type { postgresOfTests } from './databases.ts'

/** A machine with a state folder of its own that listens to sources. */
export interface SourceMachine {
  home: Pick<Home, 'dir'>
  store: Pick<Store<unknown>, 'db' | 'kept'>
  sources: SharedSources
  leases: SourceLeases
  /** What a daemon does every few seconds. */
  round: () => Promise<void>
  /** Its leases that were renewed. */
  renewed: string[]
  /** Its own clock. */
  later: (ms: number) => void
  share: (place: SharedPlace) => SourceLease
}

let processes = 0

/** Joins a machine; in the `home` of one that was there it is that one, started again. `given`: the state of a whole Baton. */
export async function sourceMachine(
  postgres: ReturnType<typeof postgresOfTests>,
  url: string,
  name: string,
  home: Pick<Home, 'dir'> = homeOfTest(''),
  given?: Pick<Store<unknown>, 'db' | 'kept'>,
): Promise<SourceMachine> {
  const database = await postgres.connect(url, name)
  const me = { name, home: home.dir, instance: `${name}-${processes++}` }
  postgres.query(url, `UPDATE baton.machine SET has_left = true WHERE name = '${name}'`)
  await createMembers(database).join({ ...me, labels: [], projects: ['main'], host: 'host', pid: 1, version: '1' })
  const own = given ? undefined : openStore<unknown>(home.dir)
  onTestFinished(() => own?.close())
  const store = given ?? (own as Store<unknown>)
  let now = 0
  const notesOf = createSourceNotes.bind(undefined, store.db)
  const sources = createSharedSources({ kept: store.kept, notesOf }, () => now)
  const leases = sourceLeases(database, me)
  const renewed: string[] = []
  return {
    ...{ home, store, sources, leases, renewed, share: sources.share },
    round: () => {
      // The database has answered for long enough.
      now += LEASE_MS
      return sources.round(leases, (id) => renewed.push(id))
    },
    later: (ms) => {
      now += ms
    },
  }
}

/** Lets time go by for what machines have leased. */
export const passFor = (postgres: ReturnType<typeof postgresOfTests>, url: string, seconds: number): string =>
  postgres.query(url, `UPDATE baton.source SET renewed = renewed - interval '${seconds} s'`)
