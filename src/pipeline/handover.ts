import { setTimeout as sleep } from 'node:timers/promises'
import { type KnownEnvironment, newEnvironment } from '../core/deploy/deployment.ts'
import type { SingleValues } from '../core/kept-values.ts'
import { LISTENS_ALONE, type SourceLease } from '../core/source-lease.ts'

/** An environment as other machines know it. */
interface NotedEnvironment {
  environment: KnownEnvironment
  /** The commit that is about to be deployed there. */
  begins?: string
  /** The machine that noted it. */
  by?: string
}

export interface EnvironmentHandoverPorts {
  queue: string
  /** Names of the environments. */
  names: readonly string[]
  memory: SingleValues
  known: (name: string) => KnownEnvironment
  lease: () => SourceLease
  now: () => number
}

/** Hands the environments of a project over between machines that all have them: what runs there, freezes, what is under way. */
export interface EnvironmentHandover {
  /** Notes what is known of them by now. */
  note: () => void
  /** The others know that a deployment starts here, before it does; false: it may not. */
  begins: (name: string, sha: string) => Promise<boolean>
  /** What another machine noted, as this one should know it. */
  taken: () => KnownEnvironment[]
}

const AGAIN_MS = 500

/** Where notes of a queue begin. */
export const environmentNotes = (queue: string): string => `pipelines:environment:${queue}:`

export function createEnvironmentHandover(ports: EnvironmentHandoverPorts): EnvironmentHandover {
  const { queue, names, memory, known, lease, now } = ports
  const keyOf = (name: string) => `${environmentNotes(queue)}${name}`

  function put(name: string, begins?: string): void {
    const by = lease().holder()
    const noted: NotedEnvironment = {
      environment: known(name),
      ...(begins !== undefined && { begins }),
      ...(by !== undefined && { by }),
    }
    if (JSON.stringify(noted) !== JSON.stringify(memory.get(keyOf(name)))) memory.set(keyOf(name), noted)
  }

  return {
    note() {
      if (lease() === LISTENS_ALONE || !lease().isHeld()) return
      for (const name of names) put(name)
      // Otherwise in a few seconds.
      void lease()
        .confirm()
        .catch(() => undefined)
    },
    async begins(name, sha) {
      if (lease() === LISTENS_ALONE) return true
      put(name, sha)
      // The database may be away for a moment; for longer than the lease is good nothing starts.
      while (lease().isHeld()) {
        try {
          await lease().confirm()
          return true
        } catch {
          await sleep(AGAIN_MS)
        }
      }
      return false
    },
    taken: () =>
      names.flatMap((name) => {
        const noted = memory.get<NotedEnvironment>(keyOf(name))
        if (!noted) return []
        const { environment, begins, by = 'a machine' } = noted
        const { holder, ...row } = { ...newEnvironment(queue, name), ...environment }
        if (holder === undefined && begins === undefined) return [row]
        const why = `${by} was deploying ${begins === undefined ? 'there' : begins.slice(0, 8)} when it was gone, and nobody knows how far it came`
        return [{ ...row, locked: { why, at: now(), deploymentId: holder ?? '' } }]
      }),
  }
}
