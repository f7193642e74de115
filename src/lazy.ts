/**
 * Loads a part when it is first needed, and once. Most of an idle daemon would be libraries that wait for their first use:
 * express, git, the parser.
 */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => {
    loaded ??= load()
    return loaded
  }
}
