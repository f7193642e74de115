import type { Choice } from './types.ts'

/** Every choice that an answer can be, for checking what comes from outside. */
export const CHOICES = [
  'approve',
  'reject',
  'allow',
  'allow-task',
  'deny',
  'answer',
  'retry',
  'skip',
  'stop',
  'accept',
  'send-back',
  'undo',
] as const satisfies readonly Choice[]
