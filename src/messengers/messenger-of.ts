import type { Platform } from '../chat/ear.ts'
import type { Messenger, MessengerOptions } from './messenger.ts'
import { type Audience, openChat } from './open-chat.ts'

/** A platform with what is said there. */
export function messengerOf(
  platform: Platform,
  options: MessengerOptions,
  audience: Pick<Audience, 'groups' | 'audienceOf' | 'groupsOf' | 'listenedTo'>,
): Messenger {
  const { transport, chats } = platform
  const chat = openChat(transport, options, { chats, ...audience })
  let isStopped = false
  const hear = () => {
    if (!isStopped) platform.start(chat)
  }
  return {
    name: transport.name,
    chat,
    start: () => {
      chat.start()
      // A machine that heard before it was stopped may have been followed by another: it would handle what that one does.
      if (options.machines) void options.machines.known().then(hear)
      else hear()
    },
    stop: async () => {
      isStopped = true
      await platform.stop()
      await chat.stop()
    },
    health: platform.health,
  }
}
