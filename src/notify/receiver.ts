import type { NotificationType, Receiver } from '../config/types.ts'
import { sha256 } from '../text/sha256.ts'

/** A receiver as this room knows it. */
export interface ReceiverTarget extends Receiver {
  /** The same over restarts; reveals nothing of the address, which may be a secret. */
  id: string
  /** For people: `slack at hooks.slack.com`. */
  name: string
  /** Undefined for events that have no type of their own. */
  wants: (type: NotificationType | undefined) => boolean
}

/** Gives the receivers their identities; one that is listed twice counts once for each format. */
export function targetsOf(receivers: readonly Receiver[]): ReceiverTarget[] {
  const targets = new Map<string, ReceiverTarget>()
  for (const receiver of receivers) {
    const { url, format, events } = receiver
    const id = sha256(`${format} ${url}`).slice(0, 16)
    if (targets.has(id)) continue
    const name = `${format} at ${new URL(url).host}`
    const wants: ReceiverTarget['wants'] = (type) =>
      type === undefined ? format === 'json' && events === undefined : (events?.includes(type) ?? true)
    targets.set(id, { ...receiver, id, name, wants })
  }
  return [...targets.values()]
}
