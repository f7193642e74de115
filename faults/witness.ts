import { existsSync, readFileSync } from 'node:fs'

/** What the agents themselves noted, outside of Baton. */
export interface Witness {
  /** In the order they happened. */
  starts: { session: string; title: string; pid: number }[]
  ends: { session: string; title: string; pid: number }[]
  /** Two agents of one house lived at the same moment. */
  overlaps: string[]
}

/** Reads the agents' journal; lines look like `start <session> <task title> <pid> <time>`. */
export function readWitness(journal: string): Witness {
  const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : []
  const noted = (what: string) =>
    lines.flatMap((line) => {
      const [, session, title, pid] = new RegExp(`^${what} (\\S+) (.*) (\\d+) \\S+$`).exec(line) ?? []
      return session === undefined ? [] : [{ session, title: title ?? '', pid: Number(pid) }]
    })
  return {
    starts: noted('start'),
    ends: noted('end'),
    overlaps: lines.filter((line) => line.startsWith('overlap ')),
  }
}
