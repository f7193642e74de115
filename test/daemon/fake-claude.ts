import type {
  ClaudeAsk,
  ClaudeHandlers,
  ClaudeProcess,
  ClaudeStart,
  EndedProcess,
  EndReason,
  PermissionDecision,
} from '../../src/claude/types.ts'
import type { Outcome } from '../../src/core/types.ts'

/** A Claude that is played by hand: it notes what it is told, and says and ends what a test lets it. */
export interface FakeClaude extends ClaudeProcess {
  start: ClaudeStart
  /** What comes from Claude. */
  on: ClaudeHandlers
  decisions: { requestId: string; decision: PermissionDecision }[]
  answers: { requestId: string; answers: Record<string, string> }[]
  deferred: string[]
  heard: string[]
  endedFor: EndReason[]
  /** It takes no words any more. */
  deaf: boolean
  permission: (requestId: string, command?: string) => void
  question: (requestId: string, canDefer?: boolean) => void
  /** Ends by itself. */
  finish: (ended?: Partial<EndedProcess>) => void
}

export const QUESTION = 'Where should sessions live?'

const ENDED: EndedProcess = {
  plan: [],
  complete: true,
  continuesDeferred: false,
  turns: 1,
  acted: true,
  openAsks: [],
  unheard: [],
  stderr: '',
  notes: [],
  leftovers: [],
  survivors: [],
  durationMs: 1,
}

/** Starts one; `end` ends it at once, for the reason given. */
export function fakeClaude(start: ClaudeStart, on: ClaudeHandlers): FakeClaude {
  const { promise: finished, resolve } = Promise.withResolvers<EndedProcess>()
  const open = new Set<string>()
  const ask = (made: ClaudeAsk) => {
    open.add(made.requestId)
    on.onAsk(made)
  }
  const claude: FakeClaude = {
    start,
    on,
    finished,
    decisions: [],
    answers: [],
    deferred: [],
    heard: [],
    endedFor: [],
    deaf: false,
    answer: (requestId, decision) => open.delete(requestId) && claude.decisions.push({ requestId, decision }) > 0,
    answerQuestion: (requestId, answers) => open.delete(requestId) && claude.answers.push({ requestId, answers }) > 0,
    defer(requestId) {
      if (!open.delete(requestId)) return false
      claude.deferred.push(requestId)
      claude.finish({ complete: false })
      return true
    },
    say: (words) => !claude.deaf && claude.heard.push(words) > 0,
    interrupt: () => true,
    end(reason) {
      claude.endedFor.push(reason)
      claude.finish({ reason })
      return finished
    },
    permission(requestId, command = 'npm test') {
      ask({ kind: 'permission', requestId, toolUseId: `use-${requestId}`, tool: 'Bash', input: { command } })
    },
    question(requestId, canDefer = true) {
      const questions = [
        { question: QUESTION, multiSelect: false, options: [{ label: 'PostgreSQL' }, { label: 'Redis' }] },
      ]
      const tool = 'AskUserQuestion'
      ask({
        kind: 'question',
        requestId,
        toolUseId: `use-${requestId}`,
        tool,
        input: { questions },
        questions,
        canDefer,
      })
    },
    finish: (ended = {}) => resolve({ ...ENDED, ...ended }),
  }
  return claude
}

/** What an end comes to, in short: the real rules have tests of their own. */
export function outcomeOf({ reason, spawnError, complete }: EndedProcess): Outcome {
  if (!complete) return { kind: 'deferred', text: 'kept' }
  if (spawnError) return { kind: 'failed', text: spawnError.message }
  if (reason !== undefined) return { kind: 'interrupted', text: reason }
  return { kind: 'done', text: 'done', result: 'All done.', turns: 1, sessionCostUsd: 0.5 }
}
