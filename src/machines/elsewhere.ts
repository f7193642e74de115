import type { Config, ProjectConfig } from '../config/types.ts'
import { isWorkedOnHere, targetText } from '../core/machine-target.ts'
import { notPossible } from '../core/reply.ts'
import type { Actor, Task } from '../core/types.ts'
import type { HandElsewhere, Planned } from '../daemon/commands/resolve-command.ts'
import { type Machines, MachinesError, type OfferState, whyAway } from './machines.ts'

/** Where tasks were written: `source.ts` of the sources has it in full. */
interface Notes {
  plan: (command: { type: 'start'; files: string[]; all: true }, by: Actor) => Promise<Planned>
  /** Of the task nothing but its spec is looked at. */
  settled: (task: Task, doneAt: Date) => Promise<{ isRewritten: boolean } | { problem: string }>
}

/** What is handed to other machines, and what comes back. Nothing of it throws. */
export interface Elsewhere {
  /** For a project: hands what is started here to the machine that its `Machine` names. */
  of: (project: ProjectConfig, notes: Notes) => HandElsewhere
  /** Notes what was done elsewhere where it was written; gives what keeps it from that. */
  noteDone: (run: Pick<OfferState, 'project' | 'files' | 'result'>) => Promise<string[]>
}

/** Nobody has seen to the files because of this. */
const NOTING: Actor = { surface: 'schedule', id: 'machines', name: 'machines' }

/** Makes it. `member`: this machine among others, as soon as it is one; absent: it shares its runs with no other. */
export function createElsewhere(
  config: Pick<Config, 'home' | 'machine'>,
  member: (() => Pick<Machines, 'offer'> | undefined) | undefined,
): Elsewhere {
  const projects = new Map<string, Notes>()
  return {
    async noteDone({ project, files, result }) {
      const notes = projects.get(project)
      if (!notes || !result || result.done.length === 0) return []
      const planned = await notes.plan({ type: 'start', files, all: true }, NOTING)
      if ('problems' in planned)
        return [`What was done elsewhere cannot be marked in the task files: ${planned.problems}`]
      const problems: string[] = []
      for (const { file, ref, at } of result.done) {
        const found = planned.tasks.find(({ spec }) => spec.origin.file === files[file] && spec.origin.ref === ref)
        if (!found) continue
        const noted = await notes.settled({ spec: found.spec } as Task, new Date(at))
        if ('problem' in noted) problems.push(`${found.spec.title} is done, but: ${noted.problem}`)
      }
      return problems
    },
    of: (project, notes) => {
      projects.set(project.name, notes)
      return async ({ machine, files, command }, by) => {
        if (isWorkedOnHere(machine, config.machine, member !== undefined)) return undefined
        const what = files.join(', ')
        const notHere = (why: string) =>
          notPossible(`${what} can only be started on ${machine}, as Machine says: ${why}`)
        if (!member)
          return notHere(`this is ${config.machine.name}, and it works alone, since DATABASE_URL is not set in .env.`)
        const joined = member()
        if (!joined) return notHere('this machine has just started, and has not joined the others yet.')
        try {
          const { autoApprove, all, only } = command
          const options = { ...(autoApprove && { autoApprove }), ...(all && { all }), ...(only && { only }) }
          // Git is loaded with the first one: a daemon that waits needs none of it.
          const { newOffer } = await import('./new-offer.ts')
          const { id, already } = await joined.offer(
            await newOffer(config, project, { target: machine, files, options, by }),
          )
          return {
            ok: true,
            text: `${already ? 'Already offered' : 'Offered'} to ${targetText(machine)}: ${what}.`,
            data: { offer: id },
          }
        } catch (error) {
          if (error instanceof MachinesError) return notPossible(`${what} cannot be started: ${error.message}`)
          return notHere(`the database that machines share cannot be reached (${whyAway(error)}).`)
        }
      }
    },
  }
}
