/** Does something with each, so that trouble with one keeps no other from its turn; throws the first trouble at the end. */
export async function eachInTurn<T>(all: Iterable<T>, act: (one: T) => Promise<unknown> | undefined): Promise<void> {
  const troubles: unknown[] = []
  for (const one of all) {
    try {
      await act(one)
    } catch (error) {
      troubles.push(error)
    }
  }
  if (troubles.length > 0) throw troubles[0]
}
