import type { Command, ResolvedCommand } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import type { Actor } from '../../core/types.ts'

/** A command with who gave it, as the inbox holds it. */
export interface CommandRequest {
  command: Command
  by: Actor
}

/** Reads what a command names, or answers it at once. `id` is its place in the inbox. */
export type ResolveCommand = (
  request: CommandRequest,
  id: number,
) => Promise<{ command: ResolvedCommand } | { reply: Reply }>
