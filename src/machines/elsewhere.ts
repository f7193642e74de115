import type { Config, ProjectConfig } from '../config/types.ts'
import { isWorkedOnHere } from '../core/machine-target.ts'
import type { HandElsewhere } from '../daemon/commands/resolve-command.ts'
import { type Machines, whyAway } from './machines.ts'
import { newOffer } from './new-offer.ts'

/**
 * Hands what is started here to the machine that its `Machine` names. `member`: this machine among others, as soon as it is
 * one; absent: it shares its runs with no other. Nothing of it throws.
 */
export function createElsewhere(
  config: Pick<Config, 'home' | 'machine'>,
  member: (() => Pick<Machines, 'offer'> | undefined) | undefined,
): (project: ProjectConfig) => HandElsewhere {
  return (project) =>
    async ({ machine, files, command }, by) => {
      if (isWorkedOnHere(machine, config.machine, member !== undefined)) return undefined
      const what = files.join(', ')
      const notHere = (why: string) => ({
        ...{ ok: false, code: 'not-possible' as const },
        text: `${what} can only be started on ${machine}, as Machine says: ${why}`,
      })
      if (!member)
        return notHere(`this is ${config.machine.name}, and it works alone, since DATABASE_URL is not set in .env.`)
      const joined = member()
      if (!joined) return notHere('this machine has just started, and has not joined the others yet.')
      try {
        const { autoApprove, all, only } = command
        const options = { ...(autoApprove && { autoApprove }), ...(all && { all }), ...(only && { only }) }
        const { already } = await joined.offer(await newOffer(config, project, { target: machine, files, options, by }))
        const whom = machine === 'any' ? 'any machine' : machine
        return { ok: true, text: `${already ? 'Already offered' : 'Offered'} to ${whom}: ${what}.` }
      } catch (error) {
        return notHere(`the database that machines share cannot be reached (${whyAway(error)}).`)
      }
    }
}
