import type { JiraConfig, ProjectConfig } from '../../config/types.ts'
import type { SharedPlace } from '../../core/source-lease.ts'
import { serverIn } from '../server-in.ts'

/** Where the site is; empty where nobody said. */
export const siteOf = (config: Pick<JiraConfig, 'url'>, login: { url: string | undefined }): string =>
  (config.url ?? login.url ?? '').replace(/\/+$/, '')

/** The tickets of a project, as it is kept what is known of them. */
export const ticketsName = (
  site: string,
  config: Pick<JiraConfig, 'project'>,
  project: Pick<ProjectConfig, 'name'>,
): string => `${site}/${config.project}/${project.name}`

/** The same for those who could look at them, too. */
export function ticketsPlace(...of: Parameters<typeof ticketsName>): SharedPlace {
  const [site, ...which] = of
  // One site in several spellings is one place.
  const path = site.replace(/^\w+:\/\/[^/]*/, '')
  const name = `jira:${ticketsName(serverIn(site) + path, ...which)}`
  return { name, notes: { kept: [`jira:${ticketsName(...of)}:`], keptAs: [`${name}:`] } }
}
