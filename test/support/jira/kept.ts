import type { KeptValues } from '../../../src/core/kept-values.ts'

/** Values as a store keeps them: through JSON, and all or none of a transaction. */
export function keptInMemory(): KeptValues {
  let values = new Map<string, string>()
  return {
    get: <T>(key: string) => {
      const json = values.get(key)
      return json === undefined ? undefined : (JSON.parse(json) as T)
    },
    set: (key, value) => void values.set(key, JSON.stringify(value)),
    transaction: (work) => {
      const before = new Map(values)
      try {
        return work()
      } catch (error) {
        values = before
        throw error
      }
    },
  }
}
