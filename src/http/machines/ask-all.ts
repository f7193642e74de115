import type { Request } from 'express'
import type { z } from 'zod'
import type { HttpDeps } from '../deps.ts'
import { PASSED } from './serve.ts'

/** What the other machines say, and those that did not answer. */
export interface Gathered<T> {
  answers: { machine: string; answer: T }[]
  away: string[]
}

/** Asks every other machine the same; one that does not answer, or not in this form, is named instead. */
export async function askAll<T extends z.ZodType>(
  { machines }: Pick<HttpDeps, 'machines'>,
  { url, headers }: Pick<Request, 'url' | 'headers'>,
  form: T,
): Promise<Gathered<z.output<T>>> {
  const found: Gathered<z.output<T>> = { answers: [], away: [] }
  // Another machine asked: it asks all by itself.
  if (!machines || headers[PASSED] !== undefined) return found
  const asked = machines.others().map(async ({ machine, silentSince }) => {
    try {
      if (silentSince !== undefined) throw new Error('It would be waited for in vain.')
      const { status, text } = await machines.call(machine, { method: 'GET', path: url })
      if (status !== 200) throw new Error(`It answered ${status}.`)
      found.answers.push({ machine, answer: form.parse(JSON.parse(text)) })
    } catch {
      found.away.push(machine)
    }
  })
  await Promise.all(asked)
  return found
}
