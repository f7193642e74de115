import type { ChatCall } from '../chat/delivery.ts'
import type { SharedEar } from '../chat/ear.ts'
import type { Deed } from '../chat/incoming.ts'
import type { ChatSurface } from '../core/types.ts'
import { createDeliveries } from '../store/deliveries.ts'
import type { ChatApp } from './chat-app.ts'
import type { SharedBots } from './messenger.ts'

/** Commands that decide what is asked. */
const DECIDES = /^\/(?:approve|reject|answer)(?:@\w+)?(?:\s|$)/i

/** What is not about a message of ours is heard by whoever hears; what decides, by the machine that asks. */
export function sharedEar<Event>(
  surface: ChatSurface,
  token: string,
  machines: SharedBots,
  { store, runner }: ChatApp,
): SharedEar<Event> {
  const { mayHear, yield: leave, claim, begin } = machines.bot(surface, token)
  const { slotOf } = createDeliveries<ChatCall>(store.db, surface)
  const askedElsewhere = async (deed: Deed): Promise<string | undefined> => {
    const isPlain = deed.kind === 'words' && deed.repliedTo === undefined && DECIDES.test(deed.text)
    if (!isPlain || runner.api.view.openAsks().length > 0) return undefined
    const [only, ...others] = await machines.asking(surface)
    return others.length === 0 ? only : undefined
  }
  return {
    mayHear,
    yield: leave,
    claim: async (id, event, about, deed) => claim(id, event, about, await askedElsewhere(deed)),
    begin: (take, tellsOfOthersMs) =>
      begin({
        ...(tellsOfOthersMs !== undefined && { tellsOfOthersMs }),
        isOwn: ({ chatId, messageId }) => messageId !== undefined && slotOf(chatId, messageId) !== undefined,
        take: (event, isBack) => take(event as Event, isBack),
      }),
  }
}
