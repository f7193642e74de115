import type { JiraStatus, JiraTransition } from './shapes.ts'

/** Names of Jira's three categories, as people see them in English, and their keys. */
const CATEGORIES: Record<string, string> = { 'to do': 'new', 'in progress': 'indeterminate', done: 'done' }

/** Whether a status is the wanted one, by its own name or by its category's. */
export function isStatus({ name, statusCategory }: JiraStatus, wanted: string): boolean {
  const folded = wanted.trim().toLowerCase()
  return name.toLowerCase() === folded || isCategory(statusCategory, folded)
}

/** Whether somebody considers it finished. */
export const isFinished = ({ statusCategory }: Pick<JiraStatus, 'statusCategory'>): boolean =>
  statusCategory.key === 'done'

/**
 * The step of a workflow that leads to a status: one of exactly this name before one of its category. Undefined where there is none
 * from here: most moves are forbidden from most states.
 */
export function stepTo(transitions: readonly JiraTransition[], wanted: string): JiraTransition | undefined {
  const folded = wanted.trim().toLowerCase()
  return (
    transitions.find(({ to }) => to.name.toLowerCase() === folded) ??
    transitions.find(({ to }) => isCategory(to.statusCategory, folded))
  )
}

const isCategory = ({ key, name }: JiraStatus['statusCategory'], folded: string): boolean =>
  name.toLowerCase() === folded || CATEGORIES[folded] === key
