import type { TaskNumber } from '../core/types.ts'

/**
 * The identity of each task inside its file: `Task 3` for numbered headings, else the title; the second of the same name
 * is `Title (2)`, and so on in the order written.
 */
export function taskKeys(tasks: { number?: TaskNumber | undefined; title: string }[]): string[] {
  const used = new Set<string>()
  const nextOf = new Map<string, number>()
  return tasks.map(({ number, title }) => {
    const name = number === undefined ? title : `Task ${number}`
    let count = nextOf.get(name) ?? 1
    let key = count === 1 ? name : `${name} (${count})`
    while (used.has(key)) key = `${name} (${++count})`
    nextOf.set(name, count + 1)
    used.add(key)
    return key
  })
}
