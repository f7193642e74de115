import { typedCommand } from '../chat/typed-command.ts'

/** What somebody wrote, and whether it is meant for Baton by the look of it. */
export interface ReadWords {
  text: string
  isAddressed: boolean
}

/**
 * Reads what people write on Discord: `!skip 3` and `@baton skip 3` are commands, as `/skip 3` is; a mention at the beginning is
 * none of the words.
 */
export function readDiscordWords(content: string, botId: string, isPrivate = false): ReadWords {
  const mention = new RegExp(`^\\s*<@!?${botId}>\\s*`)
  const isCalled = mention.test(content)
  const text = content.replace(mention, '')
  const command = typedCommand(text, { isCalled, isPrivate })
  return command === undefined ? { text, isAddressed: isCalled } : { text: command, isAddressed: true }
}
