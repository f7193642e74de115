import { createCardBoard } from '../chat/cards/card.ts'
import { createTellCard, type TellCard } from '../chat/cards/tell.ts'
import type { ChatHealth } from '../chat/ear.ts'
import type { Secrets } from '../config/secrets.ts'
import type { ChatSurface } from '../core/types.ts'
import { redactValue } from '../redact/redact-value.ts'
import type { Messenger, MessengerOptions } from './messenger.ts'

/** All chat platforms that are configured: everything is announced on each, and decided once. */
export interface Messengers {
  start: () => void
  stop: () => Promise<void>
  health: () => Partial<Record<ChatSurface, ChatHealth>>
  /** Says something with buttons everywhere; to be called inside of the transaction that notes it as told. */
  tellCard: TellCard
  /** Says at once what nothing can be stored about any more. */
  alarm: (text: string) => Promise<void>
}

/** Whether any chat platform is configured. */
export const hasMessengers = ({ telegramBotToken, slackBotToken, slackAppToken, discordToken }: Secrets): boolean =>
  telegramBotToken !== undefined ||
  discordToken !== undefined ||
  (slackBotToken !== undefined && slackAppToken !== undefined)

/** Builds those that are configured around an open app, and loads no other. */
export async function openMessengers(given: MessengerOptions): Promise<Messengers> {
  const { secrets, app, redact } = given
  const cards = createCardBoard(app.store.kept)
  const say = given.say && ((text: string) => given.say?.(redact(text)))
  const { telegramBotToken, discordToken, slackBotToken: botToken, slackAppToken: appToken } = secrets
  const options: MessengerOptions = { ...given, cards, reached: new Set(), ...(say && { say }) }
  const opened: (Messenger | undefined)[] = await Promise.all([
    telegramBotToken === undefined
      ? undefined
      : import('./telegram.ts').then(({ openTelegram }) => openTelegram(telegramBotToken, options)),
    discordToken === undefined
      ? undefined
      : import('./discord.ts').then(({ openDiscord }) => openDiscord(discordToken, options)),
    botToken === undefined || appToken === undefined
      ? undefined
      : import('./slack.ts').then(({ openSlack }) => openSlack({ botToken, appToken }, options)),
  ])
  const all = opened.filter((messenger) => messenger !== undefined)
  const hide = <T>(value: T) => redactValue(redact, value) as T
  if (given.machines && all.length > 0) {
    const { createAsksElsewhere } = await import('./asks-elsewhere.ts')
    createAsksElsewhere({
      ...{ machines: given.machines, messengers: all, cards, kept: app.store.kept, redact: hide, now: Date.now },
      // Asked for late: the date tables take 6 MB.
      zone: () => given.config.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      onError: (error) => given.log.error({ err: error }, 'Could not show what other machines ask'),
    })
  }
  return {
    start: () => {
      for (const { start } of all) start()
    },
    stop: async () => {
      await Promise.all(all.map(({ stop }) => stop()))
    },
    health: () => Object.fromEntries(all.map(({ name, health }) => [name, health()])),
    tellCard: createTellCard({
      cards,
      redact: hide,
      chats: all.map(({ chat }) => chat),
    }),
    alarm: async (text) => {
      await Promise.all(all.map(({ chat }) => chat.alarm(text)))
    },
  }
}
