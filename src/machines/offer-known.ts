import { nearest } from '../config/nearest.ts'
import { isMachineFor } from '../core/machine-target.ts'
import { type Machines, MachinesError, type NewOffer } from './machines.ts'

type Known = { name: string; labels: readonly string[] }

/** Offers a run where somebody may take it. Throws MachinesError for a machine or a label that nobody has heard of. */
export async function offerKnown(
  machines: Pick<Machines, 'offer'>,
  list: () => Promise<readonly Known[]>,
  offer: NewOffer,
): ReturnType<Machines['offer']> {
  const { target, from } = offer
  // Whoever offers is there, also before it has joined.
  if (target !== 'any' && target !== from) {
    const known = await list()
    if (!known.some((machine) => isMachineFor(target, machine))) throw new MachinesError(unknownText(target, known))
  }
  return machines.offer(offer)
}

/** What there is instead: a typing error would wait for ever. */
function unknownText(target: string, known: readonly Known[]): string {
  const [, label] = /^label:(.*)$/.exec(target) ?? []
  const what = label === undefined ? `machine is called ${target}` : `machine has the label ${label}`
  if (known.length === 0) return `No ${what}: none has joined yet. Start Baton there first.`
  const words =
    label === undefined ? known.map(({ name }) => name) : [...new Set(known.flatMap(({ labels }) => labels))]
  const meant = nearest(label ?? target, words)
  const shown = known.map(({ name, labels }) => (labels.length > 0 ? `${name} (${labels.join(', ')})` : name))
  const hint = meant === undefined ? '' : ` Did you mean ${label === undefined ? meant : `label:${meant}`}?`
  return `No ${what}.${hint} Known, with their labels: ${shown.join(', ')}.`
}
