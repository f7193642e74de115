import { randomUUID } from 'node:crypto'
import { localMachines } from './local.ts'
import type { Machines, OfferState } from './machines.ts'
import { offerKnown } from './offer-known.ts'
import type { SeenMember } from './postgres/members.ts'

/** What a command may see of the machines without being one. */
export interface MachinesOutside {
  machines: Pick<Machines, 'offer'>
  list: () => Promise<SeenMember[]>
  open: () => Promise<OfferState[]>
  /** What each of them listens to, by the machine: `github:acme/app`. */
  listening: () => Promise<ReadonlyMap<string, string[]>>
  find: (id: string) => Promise<OfferState | undefined>
  close: () => Promise<void>
}

/** Without a database there is only this machine, and nothing is loaded. */
export async function openMachines(url: string | undefined): Promise<MachinesOutside> {
  if (url === undefined)
    return {
      machines: localMachines(),
      list: async () => [],
      open: async () => [],
      listening: async () => new Map(),
      find: async () => undefined,
      close: async () => {},
    }
  const [{ openSharedDatabase }, { createMembers }, { postgresMachines }, { listeningIn }] = await Promise.all([
    import('./postgres/database.ts'),
    import('./postgres/members.ts'),
    import('./postgres/runs.ts'),
    import('./postgres/sources.ts'),
  ])
  const database = await openSharedDatabase(url, 'command', () => undefined)
  const machines = postgresMachines(database, { name: '', labels: [], instance: randomUUID() })
  const { find, open } = machines
  const { list } = createMembers(database)
  const offer: Machines['offer'] = (given) => offerKnown(machines, list, given)
  return { machines: { offer }, find, open, list, listening: () => listeningIn(database), close: database.close }
}
