import type { Task } from '../../core/types.ts'
import type { Views } from '../../daemon/api/views.ts'
import { batonError } from '../../errors.ts'
import { clean } from '../../terminal/show/clean.ts'
import { diagnose, type Shell } from '../shell/shell.ts'

/** The task with that number: of the run that is named, else of the one it most likely means, and the others are said. */
export function taskNamed(
  shell: Pick<Shell, 'stderr'>,
  { view, queue, redact }: { view: Views; queue: string | undefined; redact: (text: string) => string },
  { task: number, run }: { task: number; run?: string },
): Task | undefined {
  if (run !== undefined) {
    const found = view.task(run, number)
    return found && view.fullTask(found.id)
  }
  const { task, others = [] } = (queue === undefined ? undefined : view.named(queue, number)) ?? {}
  if (!task || others.length === 0) return task
  const line = ({ runId, spec }: Task) => `${runId}: ${redact(clean(spec.title))}`
  const also = others.map((other) => `\n  --run ${line(other)}`).join('')
  diagnose(shell, `This is task ${number} of ${line(task)}\nOther runs have one, too:${also}`)
  return task
}

/** That there is none, with the numbers that there are; `view` absent: nothing has run yet. */
export function unknownTask(
  { view, queue }: { view: Views | undefined; queue: string | undefined },
  { task, run }: { task: number; run?: string },
): Error {
  if (run !== undefined && !view?.run(run)) return batonError('usage', { message: `There is no run ${run}.` })
  const runId = run ?? view?.latestRun(queue)?.id
  return batonError('no-such-task', {
    task,
    known: runId === undefined ? [] : (view?.tasks(runId) ?? []).map((row) => row.number),
  })
}
