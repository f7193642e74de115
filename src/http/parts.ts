import type { Actor } from '../core/types.ts'
import type { HttpDeps } from './deps.ts'
import type { Hub } from './events/hub.ts'
import type { Gate } from './guard/caller.ts'
import type { InsideGuard } from './guard/inside.ts'
import type { LoginCodes } from './login/codes.ts'
import type { SessionCookie } from './login/cookie.ts'
import type { Sessions } from './login/session.ts'
import type { Meter } from './metrics/meter.ts'
import type { Push } from './push/push.ts'

/** What routes are made from. */
export interface Parts extends HttpDeps {
  gate: Gate
  fromOutside: InsideGuard
  sessions: Sessions
  cookie: SessionCookie
  codes: LoginCodes
  /** A link that logs one browser in, once. */
  linkFor: (by: Actor) => string
  hub: Hub
  meter: Meter
  push: Push
}
