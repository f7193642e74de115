import { type CommandComment, wholeCommand } from './command.ts'

const WORDS = ['approve', 'reject', 'retry', 'skip', 'answer'] as const
/** These may be followed by free words. */
const WITH_TEXT: ReadonlySet<string> = new Set(['reject', 'answer'])

/** An answer that a comment is: the word at its very beginning, and for some of them what follows. */
export function answerIn(
  comment: CommandComment,
  bots: readonly string[],
): { word: (typeof WORDS)[number]; text: string } | undefined {
  const [, word = '', text = ''] = /^\/([a-z]+)(?:[ \t\r\n]+([\s\S]*))?$/.exec(comment.body?.trim() ?? '') ?? []
  // Who may say it, and how it must stand there, is the same for all commands.
  const found = wholeCommand(
    { ...comment, body: `/${word}` },
    WORDS.map((one) => `/${one}`),
    bots,
  )
  const known = WORDS.find((one) => `/${one}` === found)
  if (!known || (comment.body ?? '').startsWith('    ') || (comment.body ?? '').startsWith('\t')) return undefined
  const words = text.trim()
  if ((words !== '') !== WITH_TEXT.has(known) && known !== 'reject') return undefined
  return { word: known, text: words }
}
