/** What is done by name in this process, one thing after the other. */
export type Turns = Map<string, Promise<unknown>>

/** Does something once what was started before under this name has ended, however it ended. */
export function inTurn<T>(turns: Turns, name: string, use: () => Promise<T>): Promise<T> {
  const mine = (turns.get(name) ?? Promise.resolve()).then(use)
  const settled = mine.catch(() => undefined)
  turns.set(name, settled)
  void settled.then(() => turns.get(name) === settled && turns.delete(name))
  return mine
}
