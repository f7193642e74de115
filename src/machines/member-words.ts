import { plural } from '../text/amounts.ts'
import { GIVE_UP_MS, MachinesError, whyAway } from './machines.ts'
import type { SeenMember } from './postgres/members.ts'

/** Another process has the name of this machine. */
export function takenName(name: string, by: SeenMember & { isCopy: boolean }): string {
  const copy = by.isCopy ? ' Its state folder is a copy of this one, or this is one of that.' : ''
  return `Another machine is already called ${name} (process ${by.pid} on ${by.host}, with ${plural(by.runs, 'run')}), so this one works alone.${copy} Give each machine a \`machine.name\` of its own in config.yaml${by.isCopy ? ', and a state folder of its own' : ''}.`
}

/** Why nothing is shared at the moment. */
export function awayText(error: unknown): string {
  if (error instanceof MachinesError) return error.message
  return `The shared database cannot be reached (${whyAway(error)}). This machine continues with its own runs, and with what it took for another ${GIVE_UP_MS / 1_000} s.`
}

/** Two machines heard one bot, and this one has left it to the other. Telegram alone tells of others that hear. */
export const LEFT =
  'Another machine listens to the bot on Telegram, and this one cannot ask the shared database who should: it leaves the bot to that one, and listens again as soon as it may. Until the database can be reached again, answer what this machine asks in its terminal or on its dashboard; what you wrote to the bot in these seconds is then handled, too.'
