import type { Ask, ChatSurface } from '../core/types.ts'
import type { ChatDeps } from './ports.ts'

/** Who may decide an ask, seen from one platform. */
export interface Deciding {
  /** By the id that their commands carry; of groups, who is known to be in one. */
  mayDecide: (personId: string) => boolean
  /** Groups of the platform, each as a member of a role: some of those in them may not be known. */
  groups: readonly string[]
  /** No chat of any platform has somebody who may. */
  isOutOfReach: boolean
}

/** Reads it from the roles; undefined: everybody who is listened to may. */
export function deciding(
  { membersOf, isReached, groupsOf }: Pick<ChatDeps, 'membersOf' | 'isReached' | 'groupsOf'>,
  surface: ChatSurface,
  { deciders }: Pick<Ask, 'deciders'>,
): Deciding | undefined {
  if (!deciders) return undefined
  const { roles, requester } = deciders
  const members = membersOf?.(roles) ?? []
  return {
    mayDecide: (personId) =>
      [`${surface}:${personId}`, ...(groupsOf?.(personId) ?? [])].some((member) => members.includes(member)) &&
      !(requester?.surface === surface && requester.id === personId),
    groups: members.filter((member) => member.startsWith(`${surface}-`)),
    isOutOfReach: !members.some((member) => isReached?.(member) === true),
  }
}
