import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from './errors.ts'

/** What goes wrong. "before": the call is lost on its way; "after": it was carried out and the answer is lost. */
export type Trouble =
  /** "midway": half of the answer gets through. */
  | { kind: 'reset'; when: 'before' | 'after' | 'midway' }
  /** Never an answer; the connection stays open. */
  | { kind: 'silence'; when: 'before' | 'after' }
  | { kind: 'slow'; delayMs: number }
  | { kind: 'status'; code: number; description?: string; when?: 'before' | 'after' }
  /** 429 whatever was called; `retryAfterS` in whole seconds. */
  | { kind: 'flood'; retryAfterS: number }
  /** A page of a proxy instead of JSON. */
  | { kind: 'garbage'; code: number }

export interface FaultRule {
  /** Method names, lower or upper case; absent: every method. */
  methods?: string[]
  /** How often; default 1. */
  times?: number
  trouble: Trouble
}

export interface Faults {
  add: (rule: FaultRule) => void
  clear: () => void
  /** The trouble that strikes this call, if any; counts it. */
  next: (method: string) => Trouble | undefined
  struck: () => number
}

export function createFaults(): Faults {
  let rules: (FaultRule & { left: number })[] = []
  let struck = 0
  return {
    add: (rule) => {
      rules.push({ ...rule, left: rule.times ?? 1 })
    },
    clear: () => {
      rules = []
    },
    next: (method) => {
      const rule = rules.find(
        (r) => r.left > 0 && (r.methods?.some((m) => m.toLowerCase() === method.toLowerCase()) ?? true),
      )
      if (!rule) return undefined
      rule.left--
      struck++
      return rule.trouble
    },
    struck: () => struck,
  }
}

/** What the server is to do with the connection after a call. */
export type Ending = 'answer' | 'half' | 'reset' | 'silence' | { garbage: number }

/** Carries a call out under a trouble: `run` is called unless the trouble strikes before; a flood is up to it. */
export async function underTrouble(
  trouble: Trouble | undefined,
  run: () => Promise<unknown>,
): Promise<{ result?: unknown; error?: unknown; ending: Ending }> {
  if (trouble?.kind === 'slow') await sleep(trouble.delayMs, undefined, { ref: false })
  if (trouble?.kind === 'garbage') return { ending: { garbage: trouble.code } }
  // A flood is the server's own refusal, and told by `run`.
  const mayBeLost = trouble !== undefined && trouble.kind !== 'slow' && trouble.kind !== 'flood'
  const done =
    mayBeLost && (trouble.when ?? 'before') === 'before'
      ? {}
      : await run().then(
          (result) => ({ result }),
          (error: unknown) => ({ error }),
        )
  if (trouble?.kind === 'reset' && trouble.when === 'midway') return { ...done, ending: 'half' }
  if (trouble?.kind === 'reset' || trouble?.kind === 'silence') return { ...done, ending: trouble.kind }
  if (trouble?.kind === 'status') {
    const description = trouble.description ?? (trouble.code === 502 ? 'Bad Gateway' : 'Internal Server Error')
    return { error: new ApiError(trouble.code, description), ending: 'answer' }
  }
  return { ...done, ending: 'answer' }
}
