import type { OutcomeKind } from '../src/core/types.ts'

/** A way for the agent to go wrong, and what must come of it. */
export interface AgentKind {
  /** Lines for the rehearsal agent. */
  steps: string[]
  /** How its first process must be said to have ended. */
  outcome: OutcomeKind
  /** What must become of the task: an end, or that it waits for time or for a person. */
  becomes: 'done' | 'failed' | 'held' | 'asked'
  /** The clock that ends it, if one does. */
  clock?: keyof typeof CLOCKS_MS
}

/** Clocks short enough to be waited for, and long enough for a machine that is busy. */
export const CLOCKS_MS = { start: 5_000, idle: 4_000, task: 9_000, exit: 2_000 }

const done = (...steps: string[]): AgentKind => ({ steps, outcome: 'done', becomes: 'done' })
const failed = (outcome: OutcomeKind, ...steps: string[]): AgentKind => ({ steps, outcome, becomes: 'failed' })
const timeout = (clock: AgentKind['clock'] & string, ...steps: string[]): AgentKind => ({
  ...failed('timeout', ...steps),
  clock,
})

/** Every kind that the rehearsal agent knows. */
export const AGENT_KINDS: readonly AgentKind[] = [
  failed('no-result', 'exit 0'),
  done('child-sleep'),
  failed('failed', 'fail'),
  failed('failed', 'fail-once'),
  { steps: ['limit 2s'], outcome: 'limit', becomes: 'done' },
  { steps: ['overloaded'], outcome: 'overloaded', becomes: 'held' },
  { steps: ['network'], outcome: 'overloaded', becomes: 'held' },
  { steps: ['credentials'], outcome: 'credentials', becomes: 'asked' },
  { steps: ['credit'], outcome: 'credentials', becomes: 'asked' },
  failed('max-turns', 'max-turns'),
  failed('budget', 'budget'),
  failed('crashed', 'crash SIGKILL'),
  failed('crashed', 'crash SIGSEGV'),
  failed('crashed', 'crash SIGTERM'),
  failed('crashed', 'crash SIGHUP'),
  failed('crashed', 'exit 3'),
  failed('no-result', 'no-result'),
  failed('empty', 'empty-turn'),
  failed('no-result', 'half-line'),
  timeout('start', 'silent'),
  timeout('idle', 'hang'),
  timeout('idle', 'ignore-sigterm'),
  timeout('idle', 'deaf'),
  timeout('idle', 'child-sleep', 'child-holds-stdout', 'ignore-sigterm'),
  // Says something again and again and comes to no end.
  timeout('task', ...Array.from({ length: 40 }, (_, i) => [`say still here ${i}`, 'wait 1s']).flat()),
  { ...done('hang-after-result'), clock: 'exit' },
  done('child-holds-stdout'),
  done('print 20MB'),
  done('long-line 50MB'),
  done('stderr 10MB'),
  done('not-utf8'),
  done('garbage'),
  done('unknown-request'),
  done('withdraw'),
  done('two-results'),
  done('empty-result'),
  done('background-result'),
]
