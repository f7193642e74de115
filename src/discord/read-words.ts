import { commandNamed } from '../core/commands/catalogue.ts'

/** What somebody wrote, and whether it is meant for Baton by the look of it. */
export interface ReadWords {
  text: string
  isAddressed: boolean
}

/**
 * Reads what people write on Discord: `!skip 3` and `@baton skip 3` are commands, as `/skip 3` is; a mention at the beginning is
 * none of the words.
 */
export function readDiscordWords(content: string, botId: string): ReadWords {
  const mention = new RegExp(`^\\s*<@!?${botId}>\\s*`)
  const isMentioned = mention.test(content)
  const text = content.replace(mention, '')
  const [, sign = '', name = ''] = /^([!/]?)([a-z_]+)/i.exec(text) ?? []
  const isKnown = commandNamed('chat', name.toLowerCase()) !== undefined
  if (sign === '!' && isKnown) return { text: `/${text.slice(1)}`, isAddressed: true }
  // A first word that is a command is one where the bot was called by its name.
  if (sign === '' && isMentioned && isKnown) return { text: `/${text}`, isAddressed: true }
  return { text, isAddressed: isMentioned || (sign === '/' && isKnown) }
}
