import type { OfferState } from './machines.ts'

/**
 * Why an offered run is not, or no longer, this machine's, in words. `another`: what is said where another machine has it;
 * undefined: nobody has.
 */
export function whoHas(
  offer: OfferState | undefined,
  here: string,
  another: (machine: string | undefined) => string,
): string {
  if (!offer) return 'this run is no longer known.'
  if (offer.result) return `this run has ended elsewhere (${offer.result.text}).`
  return offer.machine === here ? 'a later attempt has this run.' : another(offer.machine)
}
