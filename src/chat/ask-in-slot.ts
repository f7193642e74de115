/** The ask that a message stands for, and which of its questions where the message takes the words for that one alone. */
export interface AskInSlot {
  kind: 'ask' | 'other' | 'reminder' | 'sendback'
  askId: string
  /** Its index. */
  question?: number
}

/** Reads `ask:<id>`, `reminder:<id>`, `other:<id>`, `other:<id>:<question>` and `sendback:<id>`; undefined for every other slot. */
export function askInSlot(slot: string | undefined): AskInSlot | undefined {
  const [, kind, askId, question] = /^(ask|other|reminder|sendback):([^:]+)(?::(\d+))?$/.exec(slot ?? '') ?? []
  if (kind === undefined || askId === undefined) return undefined
  return { kind: kind as AskInSlot['kind'], askId, ...(question !== undefined && { question: Number(question) }) }
}
