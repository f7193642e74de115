import type { AskedElsewhere, ShownElsewhere } from '../../core/elsewhere.ts'
import { plural } from '../../text/amounts.ts'
import { when } from '../../text/times.ts'
import { cleanLine } from './clean.ts'
import type { Paint } from './paint.ts'

/** A machine, with what it works on and asks. */
export interface ShownMachineWork {
  machine: string
  sessions: readonly ShownElsewhere[]
  asks: readonly Pick<AskedElsewhere, 'shown'>[]
  silentSince?: number
}

/** What other machines work on and ask, and which one listens to what, for people; `at`: when it was last heard of, where that is not now. */
export function elsewhereLines(
  machines: readonly ShownMachineWork[],
  { now, paint, at }: { now: number; paint: Paint; at?: number },
  listening: Readonly<Record<string, string>> = {},
): string[] {
  if (machines.length === 0) return []
  const asOf = at === undefined ? '' : ` (as of ${when(at, now)})`
  return [
    paint('bold', `On other machines${asOf}`),
    ...machines.flatMap(({ machine, sessions, asks, silentSince }) => {
      const open = sessions.filter(({ completed_at }) => completed_at === null)
      const silent = silentSince === undefined ? '' : `; nothing heard of it since ${when(silentSince, now)}`
      if (open.length === 0) return [`  ${cleanLine(machine)}: free${silent}`]
      return [
        ...open.map(({ project, status, completed_tasks, total_tasks, session_id }) => {
          const done = `${completed_tasks} of ${plural(total_tasks, 'task')} done`
          return `  ${cleanLine(`${machine}: ${project} ${status}, ${done}`)}${silent}  ${paint('dim', cleanLine(`--run ${session_id}`))}`
        }),
        ...(silentSince === undefined ? asks.map(({ shown }) => `    asks: ${cleanLine(shown.title)}`) : []),
      ]
    }),
    ...Object.entries(listening).map(([name, machine]) => `  ${cleanLine(`${machine} listens to ${name}`)}`),
  ]
}
