import type { CallKind } from '../chat/transport.ts'
import type { CarryVerdict } from '../outbox/carrier.ts'
import { isBadToken, slackTroubleOf, slackTroubleText } from './api-errors.ts'

/** Once more is harmless: an edit or a delete made twice is the same as made once. */
const isIdempotent = (kind: CallKind) => kind === 'edit' || kind === 'delete'

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
export function classifySlackFailure(
  error: unknown,
  { kind, inDoubt }: { kind: CallKind; inDoubt: boolean },
): CarryVerdict {
  const trouble = slackTroubleOf(error)
  const why = slackTroubleText(trouble)
  switch (trouble.kind) {
    case 'unreached':
      // An earlier try may still have arrived.
      return { kind: 'again', inDoubt, why }
    case 'in-doubt':
      return { kind: 'again', inDoubt: !isIdempotent(kind), why }
    case 'flood':
      return { kind: 'again', inDoubt, waitMs: trouble.retryAfterMs, why }
    case 'refused':
      return refusal(trouble.error, kind, why)
  }
}

function refusal(error: string, kind: CallKind, why: string): CarryVerdict {
  if (isIdempotent(kind) && GONE.has(error)) return { kind: 'drop', reason: 'gone', why }
  if (BLOCKED.has(error)) return { kind: 'drop', reason: 'blocked', why }
  if (isBadToken(error)) return { kind: 'closed', why }
  // Sizes and names that the server takes in no form; without the scope for files, words still go.
  if (kind === 'document' || kind === 'delete') return { kind: 'drop', reason: 'refused', why }
  return CLOSED.has(error) ? { kind: 'closed', why } : { kind: 'plainer', why }
}
