import { shortened } from '../text/cut.ts'

/** Longer texts are cut: receivers refuse what is too large, and the whole stands in the log. */
const LONGEST = 8_000

/** Any value as a text that a receiver takes. */
export const cutForReceiver = (value: unknown, longest = LONGEST): string => shortened(String(value), longest)
