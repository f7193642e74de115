/** Tells people something, once, through the stream of events. */
export type Note = (text: string, about: { queue: string; data?: Record<string, unknown> }) => void
