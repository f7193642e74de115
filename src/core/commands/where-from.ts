import type { Reply } from '../inputs.ts'
import { notPossible } from '../reply.ts'
import type { Actor, ChatSurface, Policy } from '../types.ts'

/** Surfaces that identify a person by an account, and not by what they can reach on this machine. */
const CHATS: Record<ChatSurface, true> = { telegram: true, slack: true, discord: true }

/** Somebody in a chat. */
export const isPhone = ({ surface }: Pick<Actor, 'surface'>): boolean => Object.hasOwn(CHATS, surface)

/**
 * The refusal of an answer from a surface that answers are not taken from; undefined: it is accepted. What runs
 * on this machine can type into a terminal and call HTTP, but has no phone.
 */
export function refusedFrom({ approval }: Pick<Policy, 'approval'>, { surface }: Actor): Reply | undefined {
  if (approval.from !== 'phone' || isPhone({ surface })) return undefined
  const text = 'Here, answers are accepted only from the phone (approval.from in config.yaml).'
  return notPossible(text)
}

/** The same for a run that would ask nobody: that is an answer to everything beforehand. A schedule has it from config.yaml. */
export function refusedStart(
  policy: Pick<Policy, 'approval'>,
  { autoApprove }: { autoApprove?: boolean },
  by: Actor,
): Reply | undefined {
  if (!autoApprove || by.surface === 'schedule' || !refusedFrom(policy, by)) return undefined
  const text = 'Here, only the phone can start a run that asks for no approvals (approval.from in config.yaml).'
  return notPossible(text)
}
