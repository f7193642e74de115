import type { ResultMessage, StreamMessage } from './messages.ts'

/**
 * Keeps count of what was said to Claude and what it has answered, so that stdin is closed neither while a message still
 * waits for its turn nor a moment later. A result can come for an earlier message while a later one is on its way.
 */
export interface MessageTracker {
  said: (uuid: string, words: string, isPrompt: boolean) => void
  see: (message: StreamMessage) => void
  /** Nothing that was said waits for its answer, as of this result. */
  isComplete: (result: ResultMessage) => boolean
  /** Words of `say` that Claude never took up. */
  unheard: () => string[]
}

/** Newer versions report the life of every message by its uuid. */
const REPORTS_MESSAGES = 'msg_lifecycle_v1'

interface Entry {
  words: string
  isPrompt: boolean
  state: 'sent' | 'taken' | 'answered'
}

export function createMessageTracker(): MessageTracker {
  const entries = new Map<string, Entry>()
  let reports = false

  const set = (uuid: string, state: Entry['state']): void => {
    const entry = entries.get(uuid)
    if (entry !== undefined && entry.state !== 'answered') entry.state = state
  }

  return {
    said: (uuid, words, isPrompt) => {
      entries.set(uuid, { words, isPrompt, state: 'sent' })
    },
    see: (message) => {
      if (message.type === 'init') reports = message.capabilities.includes(REPORTS_MESSAGES)
      if (message.type === 'command' && message.state === 'started') set(message.uuid, 'taken')
      if (message.type === 'command' && message.state === 'completed') set(message.uuid, 'answered')
      if (message.type === 'result') for (const uuid of message.answered) set(uuid, 'answered')
      // Older versions say nothing: what was sent before the model spoke again is taken to be heard.
      const spoke = message.type === 'assistant' && !message.sub
      if (!reports && spoke) for (const entry of entries.values()) if (entry.state === 'sent') entry.state = 'taken'
    },
    isComplete: (result) => {
      const waiting = [...entries.values()].filter((entry) => entry.state !== 'answered')
      // An error before the first turn speaks for everything.
      if (waiting.length === 0 || (result.isError && result.turns === 0)) return true
      return !reports && waiting.every((entry) => entry.isPrompt || entry.state === 'taken')
    },
    unheard: () =>
      [...entries.values()].filter((entry) => !entry.isPrompt && entry.state === 'sent').map((entry) => entry.words),
  }
}
