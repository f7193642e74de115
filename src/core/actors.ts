import type { Actor, SurfaceName } from './types.ts'

/** Baton itself, where it acts without being asked to. */
export const BATON: Actor = { surface: 'baton', id: 'baton', name: 'Baton' }

/** Callers over HTTP with no known person behind them. */
export const API: Actor = { surface: 'http', id: 'api', name: 'API' }
export const DASHBOARD: Actor = { surface: 'http', id: 'dashboard', name: 'dashboard' }
export const WEBHOOK: Actor = { surface: 'http', id: 'webhook', name: 'webhook' }

const PROGRAMS: ReadonlySet<string> = new Set([API, DASHBOARD, WEBHOOK].map(({ id }) => id))

/** What people call a surface; over HTTP, a person is one who uses the dashboard. */
const SURFACES: Record<SurfaceName, string> = {
  telegram: 'Telegram',
  slack: 'Slack',
  discord: 'Discord',
  github: 'GitHub',
  jira: 'Jira',
  terminal: 'terminal',
  http: 'dashboard',
  schedule: 'schedule',
  baton: 'Baton',
}

/** How an actor is shown everywhere: `Anna (Telegram)`, `anna at pts/3 (terminal)`, `the API`, `the schedule (0 9 * * 1-5)`. */
export function actorText({ surface, id, name }: Actor): string {
  if (surface === 'baton') return name
  if (surface === 'schedule') return `the schedule (${name})`
  if (surface === 'http' && PROGRAMS.has(id)) return `the ${name}`
  return `${name} (${SURFACES[surface]})`
}

/** Somebody of another surface who opened the dashboard by a link from there. */
export function overHttp({ surface, id, name }: Actor): Actor {
  return { surface: 'http', id: `${surface}:${id}`, name }
}
