/** A call of the API that belongs to another machine. */
interface PassedCall {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  key?: string
}

/** What came of it. */
interface PassedAnswer {
  status: number
  type: string
  text: string
}

/** The machines that share runs with this one, as far as HTTP shows them. */
export interface MachinesPorts {
  /** What this machine does, and how it answers for what is its own. */
  serve: (local: { doing: () => Record<string, unknown>; answer: (call: PassedCall) => Promise<PassedAnswer> }) => void
  others: () => readonly { machine: string; doing: Record<string, unknown>; silentSince?: number }[]
  /** Counts up when what the others do has changed. */
  changes: () => number
  /** Throws where it does not answer. */
  call: (machine: string, call: PassedCall) => Promise<PassedAnswer>
}
