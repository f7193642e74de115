import type { Ask } from '../../core/types.ts'
import { cut } from '../../text/cut.ts'
import { code, type Node } from '../../text/document/nodes.ts'
import { reveal } from './clean.ts'

/** Longest kind of call that a rule names; a longer one is the call itself, which is shown in full above. */
const MAX_KIND = 300

/**
 * What "Allow for this task" allows beyond the one call, in words: rules are written for Claude. Undefined where there is
 * no such rule. The kinds of rules are those of `taskRule` in src/claude/asks/task-rule.ts.
 */
export function grantWords({ rule }: Pick<Ask, 'rule'>): Node[] | undefined {
  if (rule === undefined) return undefined
  const [, tool = rule, content] = /^(\w+)\(([\s\S]*)\)$/.exec(rule) ?? []
  const kind = (text: string) => code(cut(reveal(text).text, MAX_KIND))
  if (tool === 'Bash' && content?.endsWith(':*'))
    return ['every ', kind(content.slice(0, -2)), ' command, with any arguments']
  if (tool === 'Bash' && content !== undefined) return ['this exact command, any number of times']
  if (rule === 'Edit(./**)') return ['all file edits in this project, except hidden files and node_modules']
  if (tool === 'Edit') return ['all edits of this file']
  if (tool === 'Read') return ['reading this file']
  if (tool === 'WebFetch' && content?.startsWith('domain:')) return ['any page on ', kind(content.slice(7))]
  if (rule === 'WebSearch') return ['all web searches']
  return ['every call of ', kind(rule), ', with any input']
}
