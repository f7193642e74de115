import type { KeptValues } from '../core/kept-values.ts'
import type { OpenPlan } from './plan.ts'

/** The plans that are neither started nor dropped; stored. */
export interface OpenPlans {
  /** Oldest first. */
  all: () => OpenPlan[]
  get: (id: string) => OpenPlan | undefined
  /** Stores a plan together with what `also` stores. */
  put: (plan: OpenPlan, also?: () => void) => void
  remove: (id: string) => void
}

const KEY = 'plans'
/** Whoever never answers does not fill the store. */
const MOST = 20

export function createOpenPlans(meta: KeptValues): OpenPlans {
  const all = () => meta.get<OpenPlan[]>(KEY) ?? []
  return {
    all,
    get: (id) => all().find((plan) => plan.id === id),
    put: (plan, also) =>
      meta.transaction(() => {
        const others = all().filter(({ id }) => id !== plan.id)
        const place = all().findIndex(({ id }) => id === plan.id)
        const plans = place === -1 ? [...others, plan] : others.toSpliced(place, 0, plan)
        meta.set(KEY, plans.slice(-MOST))
        also?.()
      }),
    remove: (id) =>
      meta.set(
        KEY,
        all().filter((plan) => plan.id !== id),
      ),
  }
}
