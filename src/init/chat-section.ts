import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { readEnvText } from '../config/env-file.ts'
import type { Prompter } from './dialogue.ts'
import { textOf, writeEnv } from './files.ts'
import type { InitFlags } from './flags.ts'
import type { ServicePlace } from './systemd-unit.ts'

/** What offering a chat needs. */
export interface ChatOfferPorts {
  flags: InitFlags
  place: ServicePlace
  env: NodeJS.ProcessEnv
  fetch: typeof fetch
}

/** A chat that is wanted and not configured yet. */
export interface ChatSection {
  /** A variable of the environment or of `.env`. */
  variable: (name: string) => string | undefined
  /** Writes it into config.yaml, and its tokens into `.env`. `channel` and `users` as they are written there. */
  write: (
    section: { channel: string | undefined; users: string },
    tokens: Readonly<Record<string, string>>,
  ) => Promise<void>
}

/** Where a chat is wanted: what to write for it. What config.yaml says already is kept. */
export function openChatSection(
  name: 'discord' | 'slack',
  { flags, place: { home }, env }: ChatOfferPorts,
  talk: Prompter,
): ChatSection | undefined {
  const file = join(home, 'config.yaml')
  const text = textOf(file)
  if (flags.yes || !flags[name]) return undefined
  if (new RegExp(`^${name}:`, 'm').test(text)) {
    talk.say(`config.yaml already has \`${name}\`; it stays as it is.`)
    return undefined
  }
  const stored: Readonly<Record<string, string>> = readEnvText(textOf(join(home, '.env'))).values
  return {
    variable: (variable) => env[variable] || stored[variable] || undefined,
    async write({ channel, users }, tokens) {
      const where = channel === undefined ? '' : `\n  channel: ${channel}`
      await writeFileAtomic(file, `${text.replace(/\n*$/, '\n')}\n${name}:${where}\n  users: [${users}]\n`)
      await writeEnv(home, tokens)
    },
  }
}

/** How often somebody is asked for what was not right. */
export const TRIES_OF_CHAT = 3

/** Asks for an id until it has the right form; undefined: none was given. */
export async function askForId(
  { question, form, otherwise }: { question: string; form: RegExp; otherwise: string },
  talk: Prompter,
): Promise<string | undefined> {
  for (let turn = 0; turn < TRIES_OF_CHAT; turn++) {
    const typed = await talk.ask(question)
    if (!typed) return undefined
    if (form.test(typed)) return typed
    talk.say(otherwise)
  }
  return undefined
}

/** The question for the channel, the same everywhere. */
export const CHANNEL_QUESTION = 'Id of the channel for it (Enter: it writes to you in private):'
