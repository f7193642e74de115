import type { Problem } from '../problem.ts'
import type { NumberedTask } from './references.ts'

/** Beyond this many, the rest of a tangle is not listed. */
const mostCircles = 10

/**
 * The circles among the tasks, each reported once as `Task 1 → Task 3 → Task 1`: one for every step back that a walk through
 * all dependencies takes. `waits` holds for each task the numbers of those it depends on. Linear time, no recursion.
 */
export function circlesOf(tasks: NumberedTask[], waits: number[][]): Problem[] {
  const problems: Problem[] = []
  const state = new Uint8Array(tasks.length + 1)
  const path: { number: number; next: number }[] = []
  const enter = (number: number) => {
    state[number] = onPath
    path.push({ number, next: 0 })
  }
  for (const { number: start } of tasks) {
    if (state[start] === unseen) enter(start)
    while (path.length > 0 && problems.length < mostCircles) {
      const here = path.at(-1)!
      const needed = waits[here.number - 1]![here.next++]
      if (needed === undefined) {
        state[here.number] = left
        path.pop()
      } else if (state[needed] === onPath) {
        const from = path.findIndex(({ number }) => number === needed)
        problems.push(circle([...path.slice(from).map(({ number }) => number), needed], tasks))
      } else if (state[needed] === unseen) enter(needed)
    }
  }
  return problems
}

const unseen = 0
const onPath = 1
const left = 2

function circle(numbers: number[], tasks: NumberedTask[]): Problem {
  const round = numbers.map((number) => tasks[number - 1]!)
  const first = round[0]!
  const sameFile = round.every(({ spec }) => spec.origin.file === first.spec.origin.file)
  const names = round.map(({ spec }) => (sameFile ? spec.origin.ref : `${spec.origin.file}#${spec.origin.ref}`))
  const shown = names.length > 12 ? [...names.slice(0, 10), '…', names.at(-1)] : names
  return {
    ...(first.references[0]?.place ?? { file: first.spec.origin.file, line: first.spec.origin.line, column: 1 }),
    severity: 'error',
    message: `These tasks wait for each other: ${shown.join(' → ')}`,
    hint: 'Remove one of these Depends On.',
  }
}
