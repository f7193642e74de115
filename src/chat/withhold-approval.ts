import { BINDING } from '../core/asks/choices.ts'
import type { ChatContext } from './context.ts'

const LOOK_AT = 200

/** The document with the whole of an ask never arrived: then it cannot be approved here, not even in words. */
export function withholdBinding({ deps, memory }: ChatContext): void {
  const { meta, deliveries } = deps.store
  for (const { documentLost, slot } of deliveries.pending(LOOK_AT)) {
    const askId = documentLost && slot?.startsWith('ask:') ? slot.slice('ask:'.length) : undefined
    const shown = askId === undefined ? undefined : memory.shown(askId)
    if (askId === undefined || !shown) continue
    meta.transaction(() =>
      memory.setShown(askId, { ...shown, choices: shown.choices.filter((choice) => !BINDING.includes(choice)) }),
    )
  }
}
