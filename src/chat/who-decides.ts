import type { Ask, ChatSurface } from '../core/types.ts'
import type { ChatDeps } from './ports.ts'

/** Who may decide an ask, seen from one platform. */
export interface Deciding {
  /** By the id that their commands carry. */
  mayDecide: (personId: string) => boolean
  /** Groups of the platform, each as a member of a role; who is in them is not known here. */
  groups: readonly string[]
  /** No chat of any platform has somebody who may. */
  isOutOfReach: boolean
}

/** Reads it from the roles; undefined: everybody who is listened to may. */
export function deciding(
  { membersOf, isReached }: Pick<ChatDeps, 'membersOf' | 'isReached'>,
  surface: ChatSurface,
  { deciders }: Pick<Ask, 'deciders'>,
): Deciding | undefined {
  if (!deciders) return undefined
  const { roles, requester } = deciders
  const members = membersOf?.(roles) ?? []
  return {
    mayDecide: (personId) =>
      members.includes(`${surface}:${personId}`) && !(requester?.surface === surface && requester.id === personId),
    groups: members.filter((member) => member.startsWith(`${surface}-`)),
    isOutOfReach: !members.some((member) => isReached?.(member) === true),
  }
}
