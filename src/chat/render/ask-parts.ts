import type { MessageSection } from './compose.ts'

/** The parts of an ask's message, and what its document is called. */
export interface AskParts {
  sections: MessageSection[]
  /** Text that is not shown whole makes a document of this name, with everything. */
  documentName: string
  /** What that document holds; absent: everything that the ask's hash binds. */
  whole?: string
  /** A document that comes along in any case; it has everything. */
  document?: string
  /** What a person can do besides tapping. */
  hint?: string
}
