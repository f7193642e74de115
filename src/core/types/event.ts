/** The names are public: `--json` prints them, notifications and followers read them. */
export type EventType =
  | 'run.queued'
  | 'run.started'
  | 'run.ended'
  | 'run.reopened'
  | 'run.budget'
  | 'task.started'
  | 'task.continued'
  | 'task.interrupted'
  | 'task.verifying'
  | 'task.checked'
  | 'task.merging'
  | 'task.landed'
  | 'task.returned'
  | 'task.retrying'
  | 'task.taken-over'
  | 'task.handed-back'
  | 'task.done'
  | 'task.failed'
  | 'task.skipped'
  | 'task.blocked'
  | 'task.reset'
  | 'task.moved'
  | 'task.said'
  | 'task.budget'
  | 'task.undone'
  | 'attempt.started'
  | 'attempt.ended'
  | 'ask.opened'
  | 'ask.approved'
  | 'ask.answered'
  | 'ask.withdrawn'
  | 'ask.parked'
  | 'ask.reminded'
  | 'ask.snoozed'
  | 'grant.given'
  | 'grant.used'
  | 'queue.paused'
  | 'queue.resumed'
  | 'queue.held'
  | 'queue.released'
  | 'queue.budget'
  | 'deployment.started'
  | 'deployment.changed'
  | 'deployment.ended'
  | 'environment.changed'
  | 'note'

export interface BatonEvent {
  /** Position in the stream; given by the store. */
  seq: number
  at: number
  type: EventType
  queue: string
  runId?: string
  taskId?: string
  /** The task's number. */
  task?: number
  askId?: string
  /** One line for people. */
  text: string
  data?: Record<string, unknown>
}

/** An event before the store gave it its place. */
export type NewEvent = Omit<BatonEvent, 'seq'>
