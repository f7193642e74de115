import type { Platform } from '../chat/ear.ts'
import type { Messenger, MessengerOptions } from './messenger.ts'
import { type Audience, openChat } from './open-chat.ts'

/** A platform with what is said there. */
export function messengerOf(
  platform: Platform,
  options: MessengerOptions,
  audience: Pick<Audience, 'groups' | 'audienceOf' | 'groupsOf'>,
): Messenger {
  const { transport, chats } = platform
  const chat = openChat(transport, options, { chats, ...audience })
  return {
    name: transport.name,
    chat,
    start: () => {
      chat.start()
      platform.start(chat)
    },
    stop: async () => {
      await platform.stop()
      await chat.stop()
    },
    health: platform.health,
  }
}
