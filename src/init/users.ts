import type { Prompter } from './dialogue.ts'
import type { InitFlags } from './flags.ts'
import type { Bot } from './token.ts'
import { whoWrote } from './who-wrote.ts'

/**
 * Ids of who may use the bot, as they are in `.env`. Undefined: nothing changes. `refused`: the flag's are
 * not numbers.
 */
export async function askUsers(options: {
  flags: InitFlags
  talk: Prompter
  apiRoot: string | undefined
  bot: Bot | undefined
  stored: string | undefined
  fetch: typeof fetch
  patienceMs: number
}): Promise<string | undefined | 'refused'> {
  const { flags, talk, bot, stored } = options
  if (flags.users !== undefined) {
    const ids = idsIn(flags.users)
    if (ids === undefined) talk.say('--users takes numeric ids, separated by commas.')
    return ids ?? 'refused'
  }
  if (!bot || stored || flags.yes) return undefined

  talk.say('\nWho may use it? Telegram identifies people by numbers, not by names.')
  const found = bot.username ? await findOut(bot.username, options) : undefined
  if (found) return found
  for (;;) {
    const typed = await talk.ask('Your numeric id (Enter to skip; the bot replies with it to anyone who writes):')
    if (!typed) return undefined
    const ids = idsIn(typed)
    if (ids) return ids
    talk.say('Only numbers, separated by commas.')
  }
}

/** The person at the keyboard writes to the bot, and confirms who it was: others could write in that moment. */
async function findOut(username: string, options: Parameters<typeof askUsers>[0]): Promise<string | undefined> {
  const { talk, bot, apiRoot, patienceMs } = options
  if (!(await talk.confirm(`Send any message to @${username} now, so that I can see your id. Ready?`, true)))
    return undefined
  talk.say('Waiting for a message…')
  const writer = await whoWrote({ token: bot?.token ?? '', apiRoot, fetch: options.fetch, patienceMs })
  if (!writer) {
    talk.say('No message arrived.')
    return undefined
  }
  return (await talk.confirm(`${writer.name} (${writer.id}) wrote. Is that you?`, true)) ? String(writer.id) : undefined
}

/** Undefined: something in it is not an id. */
function idsIn(written: string): string | undefined {
  const parts = written.split(/[\s,;]+/).filter(Boolean)
  return parts.every((part) => /^[1-9]\d{0,15}$/.test(part)) ? [...new Set(parts)].join(',') : undefined
}
