import { plural } from '../../text/amounts.ts'
import { actorText } from '../actors.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { areDifferent, rolesOf, rolesText } from '../roles.ts'
import type { Actor, Answer, Ask, Choice, Deciders, Policy, RoleBook } from '../types.ts'
import { BINDING } from './choices.ts'

const bookOf = ({ roles }: Pick<Policy, 'roles'>): RoleBook => roles ?? { members: {}, people: [] }

/** The refusal of a decision by somebody who has no say in it; undefined: they may decide. */
export function refusedDecider(
  policy: Pick<Policy, 'roles'>,
  { deciders, approvals = [] }: Pick<Ask, 'deciders' | 'approvals'>,
  by: Actor,
  choice: Choice,
): Reply | undefined {
  if (!deciders) return undefined
  const book = bookOf(policy)
  const refused = (text: string): Reply => ({ ok: false, code: 'not-allowed', text, data: { roles: deciders.roles } })
  const whoMay = `Only ${rolesText(book, deciders.roles)} may decide this.`
  if (!rolesOf(book, by).some((role) => deciders.roles.includes(role)))
    return refused(`${whoMay} You are ${actorText(by)}.`)
  if (!BINDING.includes(choice)) return undefined
  const { requester } = deciders
  if (requester && areDifferent(book.people, requester, by) === 'same')
    return refused(`You asked for this (${actorText(requester)}), so somebody else approves it. ${whoMay}`)
  for (const earlier of approvals) {
    const compared = areDifferent(book.people, earlier.by, by)
    if (compared === 'same')
      return refused(`You have approved this already; ${missingText(deciders, approvals)} ${whoMay}`)
    if (compared === 'unknown')
      return refused(
        `Baton cannot tell whether ${actorText(by)} and ${actorText(earlier.by)} are two people, and two must approve. List the accounts of each under \`people\` in config.yaml, or approve from a chat.`,
      )
  }
  return undefined
}

/** Whether these approvals are enough: so many people, and as many who certainly did not ask for it themselves. */
function isEnough({ people }: RoleBook, { count, requester }: Deciders, approvals: readonly Answer[]): boolean {
  if (!requester) return approvals.length >= count
  const certain = approvals.filter(({ by }) => areDifferent(people, requester, by) === 'different')
  // Of so many different people only one can have asked for it.
  return certain.length >= count || approvals.length > count
}

function missingText(deciders: Deciders, approvals: readonly Answer[]): string {
  const missing = Math.max(1, deciders.count - approvals.length)
  const doubtful = deciders.requester && approvals.length >= deciders.count
  const why = doubtful
    ? `, because Baton cannot tell whether ${actorText(deciders.requester as Actor)}, who asked for it, is among those who approved`
    : ''
  return `${plural(missing, 'more approval')} ${missing === 1 ? 'is' : 'are'} needed${why}.`
}

/**
 * Notes one of several approvals; undefined when it is the last one that is needed, or none is needed but this.
 * The caller has found that `by` may decide.
 */
export function collect(draft: Draft, ask: Ask, by: Actor, meant: Pick<Answer, 'choice' | 'text'>): Reply | undefined {
  if (!ask.deciders || !BINDING.includes(meant.choice)) return undefined
  const book = bookOf(draft.policy)
  const approvals: Answer[] = [...(ask.approvals ?? []), { ...meant, by, at: draft.now, hash: ask.hash }]
  const row: Ask = { ...ask, approvals }
  draft.put({ table: 'asks', row })
  if (isEnough(book, ask.deciders, approvals)) return undefined
  const missing = missingText(ask.deciders, approvals)
  draft.emit('ask.approved', { ask: row, text: `Approved by ${actorText(by)}; ${missing} ${ask.title}`, data: { by } })
  return {
    ok: true,
    text: `Approved. ${missing}`,
    data: { askId: ask.id, task: ask.task, approvals: approvals.length },
  }
}

/** Who may decide an ask, and who has approved so far, in one line; undefined where everybody may. */
export function decidersText({
  deciders,
  approvals = [],
  state,
}: Pick<Ask, 'deciders' | 'approvals' | 'state'>): string | undefined {
  if (!deciders || state !== 'open') return undefined
  const who = deciders.roles.join(' or ')
  const count = deciders.count > 1 ? ` (${deciders.count} people)` : ''
  const not = deciders.requester ? `, but not ${actorText(deciders.requester)}, who asked for it` : ''
  const given =
    approvals.length > 0 ? ` Approved so far by ${approvals.map(({ by }) => actorText(by)).join(', ')}.` : ''
  return `To be decided by ${who}${count}${not}.${given}`
}
