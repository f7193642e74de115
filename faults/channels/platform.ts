import type { FaultHome } from '../home.ts'
import type { Weather } from '../phone/storm.ts'
import type { Random } from '../random.ts'

/** A message in a channel, whatever the platform. */
export interface ShownPost {
  id: string
  channel: string
  text: string
  byBot: boolean
  /** What its buttons carry. */
  buttons: string[]
}

/** Somebody in the channel, with everything that the platform lets them do. */
export interface ChannelPerson {
  id: string
  name: string
  /** In the channel, its threads and their own chat. */
  sees: () => ShownPost[]
  /** Taps on what has this data; throws where the message is gone. */
  taps: (post: Pick<ShownPost, 'id' | 'channel'>, data: string) => void
  writes: (text: string, to?: ShownPost) => void
  /** Calls Baton by its name. */
  asks: (words: string) => void
  writesInPrivate: (text: string) => void
  approvesBySign: (post: ShownPost) => void
  commands: (words: string) => void
}

export const OUTAGES = ['away', 'cut', 'closed', 'asked', 'frozen'] as const
/** Nobody answers at all · connections are cut · closed with a word · Baton is asked to connect again · half open. */
export type Outage = (typeof OUTAGES)[number]

/** A stand-in of a platform as the rows use it. */
export interface ChannelPlatform {
  surface: 'slack' | 'discord'
  /** For the daemon's .env and config.yaml. */
  env: string
  config: (userIds: readonly string[]) => string
  /** What nobody may ever read there. */
  secret: string
  /** What is noted so that nobody is greeted. */
  known: string
  person: (who: { id: string; name: string }) => ChannelPerson
  /** Ids that the platform could have given. */
  ids: { anna: string; mallory: string }
  /** Its commands and sockets are there. */
  isReady: () => boolean
  isHeard: () => boolean
  /** Something that was written while nobody listened is not read yet. */
  hasGap: (home: FaultHome) => boolean
  begin: (outage: Outage, random: Random) => Promise<void>
  end: (outage: Outage) => Promise<void>
  /** What was missed cannot be had from the platform by itself. */
  forget: () => void
  /** Everything that the bot has written and not taken away. */
  posts: () => ShownPost[]
  /** Everything that the bot has ever put there, in whatever form. */
  everything: () => string
  /** What a stranger was told, if anything. */
  toldTo: (personId: string) => string[]
  /** Posts that came before the wait was over that the last refusal had asked for. */
  earlyPosts: () => string[]
  counts: () => Record<string, number>
  close: () => Promise<unknown>
}

/** Starts one under this weather. */
export type StartPlatform = (weather: Weather) => Promise<ChannelPlatform>

/** The calls that were made too early: `until` begins with each refusal. */
export function earlyOnes(
  calls: readonly { key: string; at: number; retryAfterMs?: number | undefined; isPost: boolean }[],
): string[] {
  const until = new Map<string, number>()
  return calls.flatMap(({ key, at, retryAfterMs, isPost }) => {
    const early = (until.get(key) ?? 0) - at
    if (retryAfterMs !== undefined) until.set(key, at + retryAfterMs)
    return isPost && early > 30 ? [`${key} ${Math.round(early)} ms before it might`] : []
  })
}
