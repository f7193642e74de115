import type { Source } from './source.ts'

/** Several sources as one: a start says which it means, and a task knows where it is from. */
export function chooseSource(files: Source, others: readonly Source[]): Source {
  if (others.length === 0) return files
  const named = (name: string) => others.find((one) => one.name === name) ?? files
  return {
    name: files.name,
    plan: (command, by) => named(command.from?.source ?? files.name).plan(command, by),
    settled: (task, doneAt) => named(task.spec.origin.source).settled(task, doneAt),
  }
}
