import { randomUUID } from 'node:crypto'
import type { SingleValues } from '../core/kept-values.ts'

const KEY = 'check-marks'

/** Marks of commands that run for no attempt: checks and set-ups of worktrees. Noted, so that the next process of Baton finds them. */
export interface CheckMarks {
  /** Those of commands that run, or ran when Baton was killed. */
  all: () => string[]
  begin: () => string
  end: (mark: string) => void
}

export function checkMarks({ get, set }: SingleValues): CheckMarks {
  const all = () => get<string[]>(KEY) ?? []
  return {
    all,
    begin() {
      const mark = randomUUID()
      set(KEY, [...all(), mark])
      return mark
    },
    end(mark) {
      set(
        KEY,
        all().filter((other) => other !== mark),
      )
    },
  }
}
