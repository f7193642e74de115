import type { FileTask } from '../file-task.ts'
import type { Problem } from '../problem.ts'

/** The machine that the tasks of a run are for; absent: wherever it is started. A run is worked on by one machine. */
export function machineOf(tasks: readonly { spec: FileTask; number: number }[]): {
  machine?: string
  problems: Problem[]
} {
  const [first] = tasks
  if (!first) return { problems: [] }
  const machine = first.spec.machine
  const other = tasks.find(({ spec }) => spec.machine !== machine)
  if (!other) return { ...(machine !== undefined && { machine }), problems: [] }
  const { file = '', line = 1 } = other.spec.origin
  return {
    problems: [
      {
        ...{ file, line, column: 1, severity: 'error' },
        message: `Task ${other.number} is for ${named(other.spec)}, and task ${first.number} for ${named(first.spec)}`,
        hint: 'A run is worked on by one machine: give its tasks the same Machine, or start their files one by one.',
      },
    ],
  }
}

const named = ({ machine }: FileTask) => machine ?? 'the machine that starts it'
