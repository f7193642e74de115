import type { SingleValues } from '../../core/kept-values.ts'
import { type LandRunPorts, landRun, type RunLanded } from './land-run.ts'
import type { LandedTasks } from './landed.ts'

/** Lets the user's branch follow integration branches, each time that they have moved. */
export interface Following {
  /** The same, with the branch noted as one to be followed in the step that moves it: a kill right after it loses nothing. */
  noting: (landed: LandedTasks) => LandedTasks
  /** Only while nothing else moves that branch. */
  follow: (branch: string) => Promise<RunLanded>
  /** After a kill: follows what has moved since; in words where it could not. Nothing is checked, so that a start need not wait. */
  recover: () => Promise<string[]>
}

export function createFollowing(
  meta: SingleValues,
  { project, landing }: { project: string; landing: () => Promise<LandRunPorts> },
): Following {
  const key = `to-follow:${project}`
  const noted = () => meta.get<string[]>(key) ?? []
  const others = (branch: string) => noted().filter((one) => one !== branch)
  const follow = async (ports: LandRunPorts, branch: string): Promise<RunLanded> => {
    const { ok, text } = await landRun(ports, branch)
    // What it could not follow now, it follows with what moves the branch next.
    meta.set(key, others(branch))
    return { ok, text: ok ? text : `Your branch did not follow: ${text}` }
  }
  return {
    noting: (landed) => ({
      ...landed,
      advance: (branch, { facts, ...step }) =>
        landed.advance(branch, { ...step, facts: { ...facts, [key]: [...others(branch), branch] } }),
    }),
    follow: async (branch) => follow(await landing(), branch),
    async recover() {
      const branches = noted()
      if (branches.length === 0) return []
      const { check: _, ...ports } = await landing()
      const texts: string[] = []
      for (const branch of branches) {
        const { ok, text } = await follow(ports, branch)
        if (!ok) texts.push(text)
      }
      return texts
    },
  }
}
