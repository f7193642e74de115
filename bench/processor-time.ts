import { readFileSync } from 'node:fs'

/** Ticks of the processor's clock a second, on every Linux of today. */
const TICKS = 100

/** Processor time of all ended children of this process and their children, s; 0 where /proc does not tell. */
export const secondsOfChildren = (): number => secondsIn('self', 13)

/** Processor time of a live process alone, s; 0 where /proc does not tell. */
export const secondsOfProcess = (pid: number | undefined): number => (pid === undefined ? 0 : secondsIn(pid, 11))

/** The sum of two fields of proc(5), user and system, from the third on. */
function secondsIn(process: number | 'self', at: number): number {
  try {
    const fields = readFileSync(`/proc/${process}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[at]) + Number(fields[at + 1])) / TICKS
  } catch {
    return 0
  }
}
