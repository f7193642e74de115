import { type Machines, MachinesError } from './machines.ts'

/** The only machine there is: it works on its own runs, and nothing is handed out. */
export function localMachines(): Machines {
  return {
    offer: async ({ target }) => {
      throw new MachinesError(
        `There is no other machine to hand this to (--on ${target}): DATABASE_URL is not set. Set it in .env on each machine, as in docs/machines.md, or leave out --on, or Machine in the file.`,
      )
    },
    take: async () => undefined,
    renew: async () => 'lost',
    finish: async () => false,
    stop: async () => {},
  }
}
