import type { Update } from 'grammy/types'
import type { ChatCall } from '../chat/delivery.ts'
import type { SharedEar } from '../chat/ear.ts'
import type { Deed } from '../chat/incoming.ts'
import { botCommands } from '../chat/render/help.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createUpdates } from '../store/updates.ts'
import { createTelegram } from '../telegram/telegram.ts'
import type { ChatApp } from './chat-app.ts'
import type { Messenger, MessengerOptions, SharedBots } from './messenger.ts'
import { messengerOf } from './messenger-of.ts'

/** Builds the bot of a token around an open app. */
export function openTelegram(token: string, options: MessengerOptions): Messenger {
  const { config, secrets, app, log, say } = options
  const { telegramApiRoot: apiRoot, telegramAllowedUsers: allowedUsers } = secrets
  const groups = config.telegram.chats
  const telegram = createTelegram({
    token,
    ...(apiRoot !== undefined && { apiRoot }),
    ...{ allowedUsers, groups, commands: botCommands(), now: Date.now, log },
    updates: createUpdates<Update>(app.store.db, 'telegram'),
    ...(say && { say }),
    ...(options.machines && { shared: sharedEar(token, options.machines, app) }),
  })
  const ids = allowedUsers.map(String)
  return messengerOf(telegram, options, {
    groups: groups.map(String),
    // A private chat has the number of its person.
    audienceOf: (chatId) => (ids.includes(chatId) ? [chatId] : ids),
  })
}

/** Commands that decide what is asked. */
const DECIDES = /^\/(?:approve|reject|answer)(?:@\w+)?(?:\s|$)/i

/** What is not about a message of ours is heard by whoever hears; what decides, by the machine that asks. */
function sharedEar(token: string, machines: SharedBots, { store, runner }: ChatApp): SharedEar<Update> {
  const { mayHear, claim, begin } = machines.bot('telegram', token)
  const { slotOf } = createDeliveries<ChatCall>(store.db, 'telegram')
  const askedElsewhere = (deed: Deed): string | undefined => {
    const isPlain = deed.kind === 'words' && deed.repliedTo === undefined && DECIDES.test(deed.text)
    if (!isPlain || runner.api.view.openAsks().length > 0) return undefined
    const [only, ...others] = machines.asking()
    return others.length === 0 ? only : undefined
  }
  return {
    mayHear,
    claim: (id, update, about, deed) => claim(id, update, about, askedElsewhere(deed)),
    begin: (take) =>
      begin({
        isOwn: ({ chatId, messageId }) => messageId !== undefined && slotOf(chatId, messageId) !== undefined,
        take: (event, isBack) => take(event as Update, isBack),
      }),
  }
}
