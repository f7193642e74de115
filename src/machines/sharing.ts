import type { ShareSource } from '../core/source-lease.ts'
import { createSourceNotes } from '../store/source-notes.ts'
import type { Store } from '../store/store.ts'
import { type Across, createAcross } from './across.ts'
import { createMachinesForChats, type MachinesForChats } from './for-chats.ts'
import { type MemberPorts, type Membership, startMember } from './member.ts'
import { createSharedSources } from './shared-sources.ts'

/** What a daemon shares with those on other machines: runs, bots, what it listens to, and what it shows. */
export interface Sharing {
  across: Across
  /** For its chats. */
  bots: MachinesForChats
  /** For what several machines could listen to. */
  source: ShareSource
  join: (ports: Omit<MemberPorts, 'across' | 'sources'>) => Membership
}

/** Prepares it; nothing is connected before it joins. */
export function openSharing(
  { kept, db }: Pick<Store<unknown>, 'kept' | 'db'>,
  onError: (error: unknown) => void,
): Sharing {
  const across = createAcross(kept, onError)
  const sources = createSharedSources({ kept, notesOf: (where) => createSourceNotes(db, where) })
  return {
    across,
    bots: createMachinesForChats(across),
    source: sources.share,
    join: (ports) => startMember({ ...ports, across, sources }),
  }
}
