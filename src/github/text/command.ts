/** The parts of a comment that decide whether it is a command. */
export interface CommandComment {
  body?: string | null | undefined
  created_at: string
  updated_at: string
  user: { login: string; type?: string } | null
  performed_via_github_app?: unknown
}

/**
 * The command that a comment is; undefined where it is none. The whole comment must be the word: not a word in prose, in a quote or
 * in code. A comment that was edited is nobody's word, since others with write access can edit it, and one that a bot or an app wrote
 * counts only where its login is listed.
 */
export function wholeCommand<C extends string>(
  comment: CommandComment,
  commands: readonly C[],
  bots: readonly string[] = [],
): C | undefined {
  const { body, user } = comment
  if (typeof body !== 'string' || !user || comment.created_at !== comment.updated_at) return undefined
  const isBot =
    (user.type ?? 'User') !== 'User' || /\[bot\]$/i.test(user.login) || !isNothing(comment.performed_via_github_app)
  if (isBot && !bots.includes(user.login)) return undefined
  // Four blanks, or a tab, before it are a block of code.
  const word = /^(?:[ \t]*\r?\n)* {0,3}(\S+)[ \t\r\n]*$/.exec(body)?.[1]
  return commands.find((command) => command === word)
}

const isNothing = (value: unknown): boolean => value === undefined || value === null
