/** What goes wrong. `before`: the request is lost on its way; `after`: it was carried out and the answer is lost. */
export type Trouble =
  | { kind: 'reset'; when: 'before' | 'after' }
  | { kind: 'status'; code: number; when?: 'before' | 'after' }
  /** 403 with the words of the secondary limit. */
  | { kind: 'secondary'; retryAfterS?: number }
  /** 403 with nothing left until `resetAt` (epoch seconds). */
  | { kind: 'primary'; resetAt: number }
  /** 403 that speaks of no limit. */
  | { kind: 'forbidden' }

interface Rule {
  /** `POST /repos/…/comments`, matched against method and path. */
  on: RegExp
  times: number
  trouble: Trouble
}

export interface Faults {
  add: (on: RegExp, trouble: Trouble, times?: number) => void
  clear: () => void
  next: (asked: string) => Trouble | undefined
}

export function createFaults(): Faults {
  let rules: Rule[] = []
  return {
    add: (on, trouble, times = 1) => {
      rules.push({ on, trouble, times })
    },
    clear: () => {
      rules = []
    },
    next(asked) {
      const rule = rules.find(({ on, times }) => times > 0 && on.test(asked))
      if (rule) rule.times--
      return rule?.trouble
    },
  }
}
