import type { KeptValues } from '../core/kept-values.ts'
import { type Across, createAcross } from './across.ts'
import { createMachinesForChats, type MachinesForChats } from './for-chats.ts'
import { type MemberPorts, type Membership, startMember } from './member.ts'

/** What a daemon shares with those on other machines: runs, bots, and what it shows. */
export interface Sharing {
  across: Across
  /** For its chats. */
  bots: MachinesForChats
  join: (ports: Omit<MemberPorts, 'across'>) => Membership
}

/** Prepares it; nothing is connected before it joins. */
export function openSharing(kept: KeptValues, onError: (error: unknown) => void): Sharing {
  const across = createAcross(kept, onError)
  return {
    across,
    bots: createMachinesForChats(across),
    join: (ports) => startMember({ ...ports, across }),
  }
}
