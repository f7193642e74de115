import type { NotificationType } from '../config/types.ts'
import type { BatonEvent } from '../core/types.ts'

/** What other systems are sent: the shape of the contract with them. */
export interface Notification {
  type: NotificationType
  /** One line for people. */
  message: string
  /** ISO 8601. */
  timestamp: string
  data: NotificationData
}

/** As fits; `task_id` is the number that people call the task by. */
export interface NotificationData {
  project: string
  session_id?: string
  task_file?: string
  task_files?: string[]
  task_id?: number
  task_title?: string
  completed?: number
  total_tasks?: number
  skipped?: number
  failed?: number
  error?: string
  options?: string[]
  [more: string]: unknown
}

/** What is in the stored queue: the event as it is for the format `json`, else what it means. */
export type Content = { event: BatonEvent } | { notification: Notification }
