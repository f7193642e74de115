/** Where a command of a person came from: what an answer to it needs. Written into one string, so that it outlives a restart. */
export interface TapPlace {
  channel: string
  /** The tapped one. */
  messageId: string
  userId: string
  /** The message whose thread it was in. */
  thread?: string
  /** Opens one form, within three seconds. */
  triggerId?: string
}

/** Writes it as the id of a tap. */
export function tapIdOf({ channel, messageId, userId, thread = '', triggerId = '' }: TapPlace): string {
  return [channel, messageId, userId, thread, triggerId].join('|')
}

/** Reads it; undefined for anything else. */
export function tapPlaceOf(tapId: string): TapPlace | undefined {
  const [channel, messageId, userId, thread, triggerId, ...more] = tapId.split('|')
  if (
    !channel ||
    messageId === undefined ||
    !userId ||
    thread === undefined ||
    triggerId === undefined ||
    more.length > 0
  )
    return undefined
  return { channel, messageId, userId, ...(thread && { thread }), ...(triggerId && { triggerId }) }
}
