import type { StreamMessage } from '../../claude/stream/messages.ts'

/** What the work of one Claude says about when the next may be started. */
export interface Work {
  /** From its prompt to its result. */
  ms: number
  /** Its start ran nothing of the user's, no hook and no MCP server: another one beside it gets in nobody's way. */
  startsAlone: boolean
}

/** Follows one process of Claude; `sofar` tells what is known at its result. */
export function seeWork(nowMs: () => number = () => performance.now()) {
  const beganMs = nowMs()
  let servers: number | undefined
  let hasHooks = false
  return {
    see(message: StreamMessage): void {
      if (message.type === 'init') servers = message.servers
      if (message.type === 'start_hook') hasHooks = true
    },
    soFar: (): Work => ({ ms: nowMs() - beganMs, startsAlone: servers === 0 && !hasHooks }),
  }
}
