import type { Reply } from '../inputs.ts'

/** What a reply says, and which commands it names there, as they are written in a chat. */
export type ReplyWords = Pick<Reply, 'text' | 'commands'>

/** A command with its arguments, to be named in a reply: `toGive('retry', 3)`. */
export function toGive(name: string, ...words: (string | number)[]): { command: string } {
  return { command: [`/${name}`, ...words].join(' ') }
}

/** The text of a reply that names commands: whoever shows it elsewhere than in a chat writes them as they are given there. */
export function naming(
  parts: TemplateStringsArray,
  ...values: (string | number | { command: string } | ReplyWords)[]
): ReplyWords {
  const commands = values.flatMap((value) => {
    if (typeof value !== 'object') return []
    return 'command' in value ? [value.command] : (value.commands ?? [])
  })
  const shown = values.map((value) => {
    if (typeof value !== 'object') return String(value)
    return 'command' in value ? value.command : value.text
  })
  return { text: String.raw({ raw: parts }, ...shown), ...(commands.length > 0 && { commands }) }
}
