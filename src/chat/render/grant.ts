import { grantOfRule } from '../../core/asks/grant.ts'
import type { Ask } from '../../core/types.ts'
import { cut } from '../../text/cut.ts'
import { code, type Node } from '../../text/document/nodes.ts'
import { reveal } from './clean.ts'

/** Longest kind of call that a rule names; a longer one is the call itself, which is shown in full above. */
const MAX_KIND = 300

/** What "Allow for this task" allows beyond the one call. Undefined where there is no such rule. */
export function grantWords({ rule }: Pick<Ask, 'rule'>): Node[] | undefined {
  if (rule === undefined) return undefined
  const { before, kind, after } = grantOfRule(rule)
  return [before, ...(kind === undefined ? [] : [code(cut(reveal(kind).text, MAX_KIND))]), after].filter(
    (node) => node !== '',
  )
}
