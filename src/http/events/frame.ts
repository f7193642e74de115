import type { BatonEvent } from '../../core/types.ts'
import type { Redact } from '../../redact/redact.ts'
import { safeJson } from '../present/body.ts'
import { placeText, type StreamPlace } from './place.ts'

/** An event as it goes over the wire; the id is what a follower comes back with. */
export function eventFrame(event: BatonEvent, redact: Redact): string {
  return `id: ${event.seq}\ndata: ${safeJson(event, redact)}\n\n`
}

/** Something of the moment, under a name of its own and without an id: missing it does no harm. */
export function passingFrame(name: string, value: unknown, redact: Redact): string {
  return `event: ${name}\ndata: ${safeJson(value, redact)}\n\n`
}

/** A comment; keeps the connection, and the proxies on the way, awake. */
export const BEAT = ': beat\n\n'

/** Says where the stream is, so that a follower that leaves before the first event comes back to this place. */
export const helloFrame = ({ seq, elsewhere }: StreamPlace): string =>
  `retry: 1000\nid: ${placeText(seq, elsewhere)}\nevent: hello\ndata: {"seq":${seq}}\n\n`
