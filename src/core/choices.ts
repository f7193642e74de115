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

/** With one of these a person binds themselves to what was shown: never given for what they could not see whole. */
export const BINDING: readonly Choice[] = ['approve', 'allow', 'allow-task', 'accept']
