/** Notes something for people, once, in the stream of events. */
export type Note = (text: string, about: { queue: string; data?: Record<string, unknown> }) => void
