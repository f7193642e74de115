import { setTimeout as sleep } from 'node:timers/promises'
import type { AskedCall, CallAnswer, SeenDoing } from './postgres/crossing.ts'

/** The other machines, for a command that looks at what they do. */
export interface MachinesLook {
  seen: () => Promise<SeenDoing[]>
  /** Calls the API of one; undefined: it does not answer. */
  call: (machine: string, call: AskedCall) => Promise<CallAnswer | undefined>
  close: () => Promise<void>
}

/** A person waits for it. */
const ANSWER_MS = 8_000
const LOOK_MS = 50

/** Opens it for the machine of that name, which need not run; throws where the database is away. */
export async function lookAtMachines(url: string, name: string): Promise<MachinesLook> {
  const [{ openToLook }, { createCrossing }] = await Promise.all([
    import('./postgres/database.ts'),
    import('./postgres/crossing.ts'),
  ])
  const { sql, close } = await openToLook(url, name)
  const crossing = createCrossing({ sql }, { name, instance: '', home: '' })
  return {
    seen: crossing.others,
    async call(machine, call) {
      const id = await crossing.ask(machine, call)
      for (const until = performance.now() + ANSWER_MS; performance.now() < until; await sleep(LOOK_MS)) {
        const answer = await crossing.answerTo(id)
        if (answer) return answer
      }
      return undefined
    },
    close,
  }
}

/** What each machine listens to at the moment, in words; the tables have to be those of this Baton. */
export async function lookWhoListens(url: string): Promise<string[]> {
  const [{ openToLook }, { listeningIn }] = await Promise.all([
    import('./postgres/database.ts'),
    import('./postgres/sources.ts'),
  ])
  const { sql, close } = await openToLook(url, 'doctor')
  try {
    return [...(await listeningIn({ sql }))].map(([machine, names]) => `${machine} listens to ${names.join(', ')}`)
  } finally {
    await close()
  }
}
