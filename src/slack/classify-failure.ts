import { type FailedCall, verdictOnRefusal, verdictOnTrouble } from '../chat/call-trouble.ts'
import type { CarryVerdict } from '../outbox/carrier.ts'
import { isBadToken, slackTroubleOf, slackTroubleText } from './api-errors.ts'

const GONE = new Set(['message_not_found', 'cant_update_message', 'cant_delete_message', 'edit_window_closed'])
const BLOCKED = new Set([
  ...['channel_not_found', 'not_in_channel', 'is_archived', 'is_inactive', 'user_not_found', 'users_not_found'],
  ...['user_disabled', 'user_not_visible', 'cannot_dm_bot', 'messages_tab_disabled', 'restricted_action'],
  ...['restricted_action_read_only_channel', 'restricted_action_thread_only_channel', 'no_permission'],
])
const CLOSED = new Set([
  'access_denied',
  'team_access_not_granted',
  'ekm_access_denied',
  'missing_scope',
  'org_login_required',
])

/** What the failure of a call means for it; pure. */
export function classifySlackFailure(error: unknown, call: FailedCall): CarryVerdict {
  const trouble = slackTroubleOf(error)
  const why = slackTroubleText(trouble)
  return trouble.kind === 'refused' ? refusal(trouble.error, call, why) : verdictOnTrouble(trouble, call, why)
}

function refusal(error: string, call: FailedCall, why: string): CarryVerdict {
  if (isBadToken(error)) return { kind: 'closed', why }
  const verdict = verdictOnRefusal({ isGone: GONE.has(error), isBlocked: BLOCKED.has(error) }, call, why)
  // Without the scope for files, words still go.
  return verdict.kind === 'plainer' && CLOSED.has(error) ? { kind: 'closed', why } : verdict
}
