/** What "Allow for this task" allows, in words: `every ` + `npm test` + ` command, with any arguments`. */
export interface GrantWords {
  before: string
  /** A kind of call, as Claude names it. */
  kind?: string
  after: string
}

/**
 * What a rule allows beyond the one call, in words: rules are written for Claude. The kinds of rules are those of
 * `taskRule` in src/claude/asks/task-rule.ts.
 */
export function grantOfRule(rule: string): GrantWords {
  const [, tool = rule, content] = /^(\w+)\(([\s\S]*)\)$/.exec(rule) ?? []
  const plain = (before: string): GrantWords => ({ before, after: '' })
  if (tool === 'Bash' && content?.endsWith(':*'))
    return { before: 'every ', kind: content.slice(0, -2), after: ' command, with any arguments' }
  if (tool === 'Bash' && content !== undefined) return plain('this exact command, any number of times')
  if (rule === 'Edit(./**)') return plain('all file edits in this project, except hidden files and node_modules')
  if (tool === 'Edit') return plain('all edits of this file')
  if (tool === 'Read') return plain('reading this file')
  if (tool === 'WebFetch' && content?.startsWith('domain:'))
    return { before: 'any page on ', kind: content.slice(7), after: '' }
  if (rule === 'WebSearch') return plain('all web searches')
  return { before: 'every call of ', kind: rule, after: ', with any input' }
}

/** The same as one text. */
export function grantText(rule: string): string {
  const { before, kind = '', after } = grantOfRule(rule)
  return `${before}${kind}${after}`
}
