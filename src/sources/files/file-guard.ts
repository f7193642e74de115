/** Keeps apart who writes into task files. */
export interface FileGuard {
  /** Notes what became of task files up to now. */
  look: () => void
  /** Baton itself writes into a task file. */
  writing: <T>(path: string, write: () => Promise<T>) => Promise<T>
  /** Reads task files, or takes marks out of them for a moment: one after the other, so that no mark is missed that is only out. */
  alone: <T>(work: () => Promise<T>) => Promise<T>
  /** What Baton wrote itself, or a file that a person has started, is beyond doubt. */
  settle: (path: string, what: { mark?: string; started?: true }) => void
}
