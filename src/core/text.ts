import type { Actor, Task } from './types.ts'

/** `3 tasks`, `1 task`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`
}

/**
 * `Anna (telegram)`, `anna at pts/3`: for people, so without the numeric id that stands behind a name; Baton itself, and who is
 * known by the terminal, go without a surface.
 */
export function actorText({ surface, who }: Actor): string {
  const name = surface === 'telegram' ? who.replace(/(?<=.)\s*\(\d+\)$/, '') : who
  const says = surface === 'baton' || (surface === 'terminal' && / at \S+$/.test(name))
  return says ? name : `${name} (${surface})`
}

/** `Task 3: Add a login endpoint`, as people call it. */
export function taskName(task: Pick<Task, 'number'> & { spec: { title: string } }): string {
  return `Task ${task.number}: ${task.spec.title}`
}

/** `$1.20`; small amounts keep enough digits to be more than zero. */
export function usd(amount: number): string {
  return amount !== 0 && Math.abs(amount) < 0.01 ? `$${amount.toPrecision(1)}` : `$${amount.toFixed(2)}`
}

/**
 * A text of at most `longest` UTF-16 units, never cut through the middle of a character. What is cut ends in an ellipsis: it tells
 * people that something is missing, and the redactor where to look for the beginning of a secret.
 */
export function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
