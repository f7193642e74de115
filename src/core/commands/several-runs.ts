import type { Reply } from '../inputs.ts'
import type { Task } from '../types.ts'

/** Tasks of several runs have that number: says which there are, each with its run. */
export function severalRuns(number: number, tasks: readonly Task[]): Reply {
  const list = tasks.map(({ runId, spec }) => `${runId}: ${spec.title}`).join('\n')
  return {
    ok: false,
    code: 'ambiguous',
    text: `There is a task ${number} in several runs; say in which:\n${list}`,
    data: { tasks: tasks.map(({ runId, spec }) => ({ task: number, title: spec.title, runId })) },
  }
}
