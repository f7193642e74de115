/** Where a run may be worked on: `any`, a machine's name, or `label:NAME`. */
export type MachineTarget = string

/** Whether that is how one says where a run may be worked on. */
export function isMachineTarget(text: string): boolean {
  return /^(label:)?[a-z0-9][a-z0-9_-]{0,31}$/.test(text)
}

/** As people read it. */
export const targetText = (target: MachineTarget): string => (target === 'any' ? 'any machine' : target)

/** Whether a machine is one of those that are meant. */
export function isMachineFor(
  target: MachineTarget,
  { name, labels }: { name: string; labels: readonly string[] },
): boolean {
  return target === 'any' || target === name || labels.some((label) => target === `label:${label}`)
}

/** Whether tasks for that machine are worked on by this one without asking others. `isShared`: there may be others. */
export function isWorkedOnHere(
  target: MachineTarget,
  me: { name: string; labels: readonly string[] },
  isShared: boolean,
): boolean {
  return isShared ? target === me.name : isMachineFor(target, me)
}
