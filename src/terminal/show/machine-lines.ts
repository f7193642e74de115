import { targetText } from '../../core/machine-target.ts'
import { plural } from '../../text/amounts.ts'
import { shortDuration } from '../../text/durations.ts'
import { column } from '../../text/fit-columns.ts'
import { cleanLine } from './clean.ts'
import type { Paint } from './paint.ts'

/** A machine among those that share runs. */
export interface ShownMachine {
  name: string
  labels: readonly string[]
  projects: readonly string[]
  host: string
  pid: number
  version: string
  since: number
  state: 'here' | 'gone' | 'stopped'
  seenAgoMs: number
  runs: number
  isThis: boolean
  /** To which of the sources that several could listen to. */
  listens: readonly string[]
}

/** A run that was offered and has not ended. */
export interface ShownOffer {
  id: string
  project: string
  target: string
  state: string
  files: string[]
  from: string
  machine?: string
  fence: number
  at: number
}

/** A line for each machine, and one for each run that is offered. */
export function machineLines(
  { machines, runs }: { machines: readonly ShownMachine[]; runs: readonly ShownOffer[] },
  { now, paint }: { now: number; paint: Paint },
): string[] {
  if (machines.length === 0) return ['No machine has joined yet. Start one with: baton start']
  return [
    ...machines.map((machine) => {
      const { name, state, labels, projects, seenAgoMs, runs, host, isThis, listens } = machine
      const seen = state === 'here' ? '' : ` (seen ${shortDuration(seenAgoMs)} ago)`
      const facts = [
        runs > 0 ? plural(runs, 'run') : 'free',
        `projects ${projects.join(', ')}`,
        ...(labels.length > 0 ? [`labels ${labels.join(', ')}`] : []),
        ...(listens.length > 0 ? [`listens to ${listens.join(', ')}`] : []),
        `on ${host}${isThis ? ', this one' : ''}`,
      ]
      return `${paint(state === 'here' ? 'green' : 'dim', state === 'here' ? '●' : '○')} ${column(cleanLine(name), 16)} ${state}${seen} · ${cleanLine(facts.join(' · '))}`
    }),
    ...runs.map(({ project, files, state, machine, target, at }) => {
      const where =
        state === 'active'
          ? `running on ${machine}`
          : state === 'parked'
            ? `waiting for an answer, ${machine} has it`
            : `waiting for ${targetText(target)}`
      return `  ${cleanLine(`${project}: ${files.join(', ')}`)} · ${cleanLine(where)} · ${shortDuration(now - at)}`
    }),
  ]
}
