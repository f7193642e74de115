import type { PlanWindow } from '../../core/types.ts'
import type { EndedProcess, Trouble } from '../types.ts'
import { present } from './json-shape.ts'
import type { ContentBlock, ResultMessage, StreamMessage } from './messages.ts'

/** What the messages of a process say about how it went. */
export interface StreamFacts {
  see: (message: StreamMessage) => void
  note: (words: string) => void
  told: () => Pick<
    EndedProcess,
    'result' | 'trouble' | 'turns' | 'acted' | 'sessionId' | 'version' | 'model' | 'notes' | 'plan'
  >
}

/** Beyond this a process that repeats itself would fill memory with notes. */
const MAX_NOTES = 50

export function createFacts(): StreamFacts {
  const notes: string[] = []
  let result: ResultMessage | undefined
  let trouble: Trouble | undefined
  let init: Extract<StreamMessage, { type: 'init' }> | undefined
  let plan: PlanWindow[] = []
  let turns = 0
  let acted = false
  let lastTurn = ''

  return {
    see: (message) => {
      switch (message.type) {
        case 'init':
          init = message
          break
        case 'assistant':
          if (message.error === undefined && message.blocks.some(isAct)) acted = true
          if (message.sub || message.error !== undefined) break
          // The model answers again: what was wrong is over.
          trouble = undefined
          // One turn comes as several messages of one id, a block each.
          if (message.id !== lastTurn) turns += 1
          lastTurn = message.id
          break
        case 'rate_limit': {
          const { resetsAtMs, limitType } = message
          if (message.plan.length > 0) plan = message.plan
          if (message.status === 'rejected') trouble = present({ kind: 'limit' as const, resetsAtMs, limitType })
          break
        }
        case 'api_retry': {
          const { status, error, attempt, maxRetries } = message
          trouble = present({ kind: 'retry' as const, status, error, attempt, maxRetries })
          break
        }
        case 'result':
          if (counts(message, result)) result = message
          break
      }
    },
    note: (words) => {
      if (notes.length < MAX_NOTES) notes.push(words)
    },
    told: () =>
      present({
        result,
        trouble,
        turns,
        acted,
        sessionId: result?.sessionId ?? init?.sessionId,
        version: init?.version,
        model: init?.model,
        notes,
        plan,
      }),
  }
}

/** A word or a call; what it only thought has done nothing. */
function isAct(block: ContentBlock): boolean {
  return block.type === 'tool_use' || (block.type === 'text' && block.text.trim() !== '')
}

/** A result of a background task, or an empty one, says nothing about what Claude was told to do. */
function counts(message: ResultMessage, before: ResultMessage | undefined): boolean {
  if (message.origin === 'task-notification') return false
  return before === undefined || !isEmpty(message)
}

/** No turn was taken and nothing stopped one. */
export function isEmpty(result: ResultMessage): boolean {
  return result.turns === 0 && result.stopReason === undefined && !result.isError && result.deferred === undefined
}
