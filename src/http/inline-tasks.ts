import type { TaskInBody } from './schemas/orchestrate.ts'

/**
 * Tasks of a request as the text of a JSON task file, so that they are read as such a file is, with the same checks. What
 * requests may say otherwise is put into its words: an instruction alone, numbers in the list, a name that says it all.
 */
export function taskFileOf(given: readonly TaskInBody[]): string {
  return `${JSON.stringify({ tasks: given.map((task) => written(task, given)) }, undefined, 2)}\n`
}

function written(task: TaskInBody, all: readonly TaskInBody[]): object {
  if (typeof task === 'string') return { prompt: task }
  const { title, name, instruction, prompt, description, depends_on, dependencies, ...others } = task
  const called = filled(title) ?? filled(name)
  return {
    ...others,
    name: called,
    description,
    prompt: filled(instruction) ?? filled(prompt) ?? (filled(description) === undefined ? called : undefined),
    dependencies: [...(dependencies ?? []), ...(depends_on ?? []).map((number) => identityOf(all, number))],
  }
}

/** What the task in this place is called; a place is a name itself where no task has an id. */
function identityOf(all: readonly TaskInBody[], number: number): string | number {
  const task = all[number - 1]
  const hasIds = all.some((one) => typeof one !== 'string' && one.id !== undefined && one.id !== null)
  if (task === undefined || typeof task === 'string' || !hasIds) return number
  return task.id ?? filled(task.title) ?? filled(task.name) ?? number
}

const filled = (text: string | null | undefined): string | undefined => (text?.trim() ? text : undefined)
