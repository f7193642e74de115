import { actorText } from '../actors.ts'
import type { ResolvedCommand } from '../commands/commands.ts'
import { naming, toGive } from '../commands/naming.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { notPossible } from '../reply.ts'
import type { Actor } from '../types.ts'
import type { KnownEnvironment } from './deployment.ts'
import { environmentOf, refusedInEnvironment } from './gate.ts'

/** Nothing begins in an environment until then. What is under way comes to its end. */
export function freeze(
  draft: Draft,
  { environment: name, until, why }: Extract<ResolvedCommand, { type: 'freeze' }>,
  by: Actor,
): Reply {
  const refused = refusedInEnvironment(draft.policy, name, by)
  if (refused) return refused
  if (until !== undefined && until <= draft.now) return notPossible('That time has already passed.')
  const environment: KnownEnvironment = {
    ...environmentOf(draft, name),
    frozen: { why, by, at: draft.now, ...(until !== undefined && { until }) },
  }
  draft.put({ table: 'environments', row: environment })
  const text = `${name} is frozen by ${actorText(by)}${why === '' ? '' : `: ${why}`}`
  draft.emit('environment.changed', { text, data: { environment } })
  return {
    ok: true,
    ...naming`${name} is frozen: deployments wait. ${toGive('unfreeze', name)} ends it.`,
    data: { environment: name },
  }
}

/** What another machine knew of an environment counts from now on. */
export function takeEnvironment(draft: Draft, environment: KnownEnvironment): void {
  draft.put({ table: 'environments', row: environment })
  const text = `${environment.name} was another machine’s until now${environment.locked ? `. It is locked: ${environment.locked.why}` : ''}`
  draft.emit('environment.changed', { text, data: { environment } })
}

/** Ends a freeze, and the lock that a failed rollback left: by somebody who has looked. */
export function unfreeze(draft: Draft, name: string, by: Actor): Reply {
  const refused = refusedInEnvironment(draft.policy, name, by)
  if (refused) return refused
  const { frozen, locked, ...environment } = environmentOf(draft, name)
  if (!frozen && !locked) return { ok: true, code: 'nothing-to-do', text: `${name} is neither frozen nor locked.` }
  draft.put({ table: 'environments', row: environment })
  const what = [frozen && 'no longer frozen', locked && 'no longer locked'].filter(Boolean).join(' and ')
  draft.emit('environment.changed', { text: `${name} is ${what}, by ${actorText(by)}`, data: { environment } })
  return { ok: true, text: `${name} is ${what}.`, data: { environment: name } }
}
