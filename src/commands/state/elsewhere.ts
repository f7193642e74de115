import type { KeptElsewhere } from '../../core/elsewhere.ts'
import { readDoing } from '../../http/machines/others.ts'
import type { ShownMachineWork } from '../../terminal/show/elsewhere-lines.ts'

/** What is kept of the other machines, as far as it can be read. */
export function machinesIn({ machines }: KeptElsewhere): ShownMachineWork[] {
  return machines.map(({ machine, doing, silentSince }) => ({
    ...{ machine, ...readDoing(doing) },
    ...(silentSince !== undefined && { silentSince }),
  }))
}
