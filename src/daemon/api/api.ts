import type { Command } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import type { Actor, BatonEvent } from '../../core/types.ts'
import type { Live, Views } from './views.ts'

/** Everything that a surface may do: submit commands, look, follow events. */
export interface DaemonApi {
  /**
   * Puts a command into the inbox and returns what came of it. The same key a second time gives the first reply and does
   * nothing more; without a key every call is a command of its own. `about` is a digest of the request behind the command: a
   * key that was used for a different one is refused.
   */
  submit: (command: Command, by: Actor, options?: { key?: string; queue?: string; about?: string }) => Promise<Reply>
  view: Views
  /** Every stored event after `after` (default: from now on), in order, none missed, until the returned function is called. */
  follow: (listener: (event: BatonEvent) => void, after?: number) => () => void
  /** What the running processes do, as it changes; nothing of it is stored. */
  onLive: (listener: (lives: Live[], queue: string) => void) => () => void
}
