import { BASE, type Files } from './base.ts'

/** One way to cheat, or one honest change: what the agent writes over the project. */
export interface Change {
  name: string
  /** New texts of files; null removes one. */
  write: Record<string, string | null>
  /** Run by the agent's shell instead of, or after, writing. */
  shell?: string
  /** What the task is checked by. */
  verify?: string
  /** Files that the project has beside those of the base. */
  before?: Files
  /** What the agent says at the end. */
  says?: string
}

/** An edit of a file of the project; that its text is found is part of what the harness holds. */
export function edit(name: string, path: string, ...pairs: [string, string][]): Change {
  return { name, write: { [path]: edited(name, path, BASE[path], pairs) } }
}

/** An edit of a file that the project has for this change alone. */
export function editOf(name: string, path: string, before: string, ...pairs: [string, string][]): Change {
  return { name, before: { [path]: before }, write: { [path]: edited(name, path, before, pairs) } }
}

function edited(name: string, path: string, before: string | undefined, pairs: [string, string][]): string {
  let text = before
  if (text === undefined) throw new Error(`${path} is no file of the project`)
  for (const [from, to] of pairs) {
    if (!text.includes(from)) throw new Error(`${name}: ${path} does not hold ${from}`)
    text = text.replace(from, () => to)
  }
  return text
}

export const remove = (name: string, ...paths: string[]): Change => ({
  name,
  write: Object.fromEntries(paths.map((path) => [path, null])),
})
export const add = (name: string, files: Files): Change => ({ name, write: files })
export const move = (name: string, from: string, to: string): Change => ({
  name,
  write: { [from]: null, [to]: BASE[from] as string },
})
export const shell = (name: string, command: string): Change => ({ name, write: {}, shell: command })
