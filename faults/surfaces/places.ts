import { latest } from '../../test/support/bot-api/conversation.ts'
import type { BotApi } from '../../test/support/bot-api/server.ts'
import type { Discord } from '../../test/support/discord/server.ts'
import { CHANNEL } from '../../test/support/discord/world.ts'
import type { SlackServer } from '../../test/support/slack/server.ts'

/** What somebody who answered on a platform was told; undefined: nothing yet. */
type Told = () => string | undefined

/** What a platform itself says of a tap that no Baton has taken in time: nobody was there to hear it. */
export const TAP_FAILED = 'The platform says that this tap failed.'
const TAKEN_WITHIN_MS = 3_000

/** A chat platform in which everything is asked, and somebody who decides there. */
export interface ChatPlace {
  surface: 'telegram' | 'slack' | 'discord'
  /** The text of the message with this ask, and what its buttons carry; undefined where it is not shown. */
  shows: (askId: string) => { text: string; buttons: string[] } | undefined
  /** Taps on what has this data under the message with the ask. */
  taps: (askId: string, data: string) => Told
}

const isOf = (askId: string) => (data: string) => data.startsWith(`${askId}:`)

/** Anna's chat with the bot. */
export function onTelegram(api: BotApi): ChatPlace {
  const anna = api.person({ id: 4711, name: 'Anna' })
  const known = new Map<string, number>()
  const messages = () => api.conversation(anna.id).messages
  const find = (askId: string) => {
    const dataOf = (message: ReturnType<typeof messages>[number]) =>
      latest(message)
        .keyboard?.flat()
        .flatMap(({ callback_data: data }) => data ?? []) ?? []
    // Once it is decided nothing in the message names the ask.
    const found = messages().findLast((one) => one.id === known.get(askId) || dataOf(one).some(isOf(askId)))
    if (found) known.set(askId, found.id)
    return found && { id: found.id, text: latest(found).text, buttons: dataOf(found) }
  }
  return {
    surface: 'telegram',
    shows: find,
    taps: (askId, data) => {
      const id = find(askId)?.id ?? 0
      const tap = anna.forges(data, id)
      // What takes longer is said in the chat.
      const said = () => messages().findLast(({ from, replyTo }) => from.isBot && replyTo === id)
      return () => {
        const late = said()
        return tap.record.answer?.text || (late && latest(late).text)
      }
    },
  }
}

/** A channel on Slack. */
export function onSlack(slack: SlackServer): ChatPlace {
  const ben = slack.person({ id: 'UBEN', name: 'Ben' })
  slack.channel('C1', [ben.id])
  const known = new Map<string, string>()
  const find = (askId: string) => {
    const found = ben
      .sees('C1')
      .findLast(({ ts, buttons }) => ts === known.get(askId) || buttons.some(({ value }) => isOf(askId)(value)))
    if (found) known.set(askId, found.ts)
    return found && { ts: found.ts, text: found.text, buttons: found.buttons.map(({ value }) => value) }
  }
  return {
    surface: 'slack',
    shows: find,
    taps: (askId, data) => {
      const ts = find(askId)?.ts ?? ''
      // What takes longer is said in the thread.
      const said = () => ben.sees('C1').filter((one) => one.onlyForMe || (one.byBot && one.thread === ts))
      const before = said().length
      let hasFailed = false
      void ben.forges('C1', ts, data).then((sent) => {
        hasFailed = sent?.ackedAt === undefined
      })
      return () => said().slice(before).at(-1)?.text ?? (hasFailed ? TAP_FAILED : undefined)
    },
  }
}

/** A channel on Discord. */
export function onDiscord(discord: Discord): ChatPlace {
  const carl = discord.person({ id: '480000000000000013', name: 'Carl' })
  const known = new Map<string, string>()
  const find = (askId: string) => {
    const found = carl
      .sees(CHANNEL)
      .findLast(({ id, buttons }) => id === known.get(askId) || buttons.some(({ data }) => isOf(askId)(data)))
    if (found) known.set(askId, found.id)
    return found && { id: found.id, text: found.text, buttons: found.buttons.map(({ data }) => data) }
  }
  return {
    surface: 'discord',
    shows: find,
    taps: (askId, data) => {
      const id = find(askId)?.id ?? ''
      const { interaction } = carl.forges(id, data)
      return () => {
        const own = interaction.followUps.at(-1)?.content ?? interaction.response?.data?.content
        if (own !== undefined) return String(own)
        // What takes longer is said in the channel.
        const late = carl.sees(CHANNEL).findLast(({ byBot, repliesTo }) => byBot && repliesTo === id)?.text
        const hasFailed = !interaction.response && performance.now() - interaction.at > TAKEN_WITHIN_MS
        return late ?? (hasFailed ? TAP_FAILED : undefined)
      }
    },
  }
}
