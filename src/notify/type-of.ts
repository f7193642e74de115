import type { NotificationType } from '../config/types.ts'
import type { BatonEvent } from '../core/types.ts'

const LEVELS = ['info', 'success', 'warning', 'error'] as const

/** Marks the notes of this room, which are not passed on: a receiver that refuses them would cause the next one. */
export const ABOUT_NOTIFY = 'notify'

/**
 * What an event is to other systems; undefined for steps that only a full protocol needs. `begins`: the run did not have
 * to wait behind another one when it was queued, so that was its start.
 */
export function typeOf(
  { type, data }: Pick<BatonEvent, 'type' | 'data'>,
  begins: () => boolean,
): NotificationType | undefined {
  switch (type) {
    case 'run.queued':
      return begins() ? 'session_start' : 'info'
    case 'run.started':
      return begins() ? undefined : 'session_start'
    case 'run.ended':
      return 'session_complete'
    case 'task.started':
      return 'task_start'
    case 'task.done':
      return 'task_complete'
    case 'task.failed':
      return 'task_failed'
    case 'ask.opened':
      return 'question'
    case 'task.undone':
      return data?.ok === false ? 'error' : 'success'
    case 'task.interrupted':
    case 'task.retrying':
    case 'task.blocked':
    case 'task.budget':
    case 'run.budget':
    case 'queue.budget':
    case 'queue.held':
      return 'warning'
    case 'deployment.ended':
      return isLive(data?.deployment) ? 'success' : 'error'
    case 'note':
      return LEVELS.find((level) => level === data?.level) ?? 'info'
    case 'run.reopened':
    case 'task.skipped':
    case 'task.reset':
    case 'ask.answered':
    case 'ask.approved':
    case 'deployment.started':
    case 'deployment.changed':
    case 'environment.changed':
    case 'ask.withdrawn':
    case 'ask.reminded':
    case 'queue.paused':
    case 'queue.resumed':
    case 'queue.released':
      return 'info'
    case 'task.continued':
    case 'task.verifying':
    case 'task.checked':
    case 'task.said':
    case 'task.moved':
    case 'attempt.started':
    case 'attempt.ended':
    case 'ask.parked':
    case 'ask.snoozed':
    case 'grant.given':
    case 'grant.used':
      return undefined
  }
}

/** It runs what was wanted. */
function isLive(deployment: unknown): boolean {
  const { step, kind } = (deployment ?? {}) as { step?: string; kind?: string }
  return step === 'live' || (step === 'rolled-back' && kind === 'rollback')
}
