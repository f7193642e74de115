import type { z } from 'zod'
import { HttpFailure } from './failure.ts'

const MOST_TOLD = 8

/** The checked value. Throws HttpFailure that names what is wrong and where, but repeats nothing of what was sent. */
export function validated<T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T {
  if (!schema) return undefined as T
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const told = error.issues.slice(0, MOST_TOLD).map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`)
  throw new HttpFailure(400, 'invalid', told.join('; '))
}
