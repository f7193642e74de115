import type { Random } from '../random.ts'

/** What one life of the line is given. */
export interface Life {
  repository: string
  stateDir: string
  branch: string
  /** The worktree for checks. */
  checkTree: string
  /** What the witness saw, a line each; outlives the life. */
  journal: string
  /** A folder of flaky files that were seen. */
  seen: string
  /** Numbers of tasks, in the groups in which they become ready. */
  groups: number[][]
  /** Those that need not be asked again: they landed, or were given back. */
  told: number[]
  /** The step at which it is killed. */
  killAt?: number
  /** The check during which somebody commits to the branch. */
  usersCommit?: number
}

/** What is special about a task's work, if anything. */
export type Kind = 'good' | 'bad' | 'flaky' | 'clash' | 'pair'

/** Two tasks that change the same line; two that are red only together. */
export interface PlannedWork {
  number: number
  kind: Kind
  file: string
}

export const taskBranch = (number: number): string => `task-${number}`

/** Checks fail on what is bad by itself, on both halves of a pair, and on a base that somebody broke. */
export function isRed(files: readonly string[]): boolean {
  const pairs = files.flatMap((name) => /^left-(\d+)/.exec(name)?.[1] ?? [])
  return (
    files.some((name) => name.startsWith('bad-') || name === 'broken.txt') ||
    pairs.some((pair) => files.includes(`right-${pair}.txt`))
  )
}

/** Work of one to eight tasks, some of it in each other's way. */
export function planWork(random: Random, count: number): PlannedWork[] {
  const planned: PlannedWork[] = []
  while (planned.length < count) {
    const number = planned.length + 1
    const left = count - planned.length
    const kind = random.pick<Kind>(['good', 'good', 'good', 'good', 'bad', 'flaky', 'clash', 'pair'])
    if (kind === 'clash' && left > 1)
      for (const one of [number, number + 1]) planned.push({ number: one, kind, file: `same-${number}.txt` })
    else if (kind === 'pair' && left > 1) {
      planned.push({ number, kind, file: `left-${number}.txt` })
      planned.push({ number: number + 1, kind, file: `right-${number}.txt` })
    } else if (kind === 'clash' || kind === 'pair') planned.push({ number, kind: 'good', file: `${number}.txt` })
    else planned.push({ number, kind, file: kind === 'good' ? `${number}.txt` : `${kind}-${number}.txt` })
  }
  return planned
}
