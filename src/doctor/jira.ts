import type { Secrets } from '../config/secrets.ts'
import type { ProjectConfig } from '../config/types.ts'
import { isJiraTrouble } from '../jira/errors.ts'
import { ticketQuery } from '../jira/query.ts'
import { type DoctorCheck, named } from './check.ts'

/** What the account may have to do, as people know it from Jira's permission schemes. */
const PERMISSIONS = {
  BROWSE_PROJECTS: 'Browse projects',
  TRANSITION_ISSUES: 'Transition issues',
  ADD_COMMENTS: 'Add comments',
  EDIT_OWN_COMMENTS: 'Edit own comments',
  EDIT_ISSUES: 'Edit issues',
} as const

/** Whether a project's tickets can be worked on: the login, the project, what the account may do there, and the query. Only reads. */
export async function checkJira(
  project: ProjectConfig,
  { jiraUrl, jiraEmail, jiraToken }: Pick<Secrets, 'jiraUrl' | 'jiraEmail' | 'jiraToken'>,
  { alone }: { alone: boolean },
): Promise<DoctorCheck[]> {
  const { jira: config } = project
  if (!config) return []
  const check = named(alone ? 'jira' : `jira ${project.name}`, { needed: false })
  const url = config.url ?? jiraUrl
  const missing = Object.entries({ JIRA_URL: url, JIRA_EMAIL: jiraEmail, JIRA_TOKEN: jiraToken })
    .filter(([, value]) => !value)
    .map(([name]) => name)
  if (!url || !jiraEmail || !jiraToken)
    return [check.fail(`${missing.join(' and ')} missing`, `Set ${missing.join(' and ')} in .env (docs/jira.md).`)]
  // Most homes have no tickets there, and need not load it.
  const { openJira } = await import('../jira/client.ts')
  const jira = openJira({ url, email: jiraEmail, token: jiraToken }, { now: Date.now })
  try {
    const { displayName } = await jira.self()
    const { key, name } = await jira.project(config.project)
    const may = await jira.permissions(key, Object.keys(PERMISSIONS))
    const lacks = Object.entries(PERMISSIONS)
      .filter(([permission]) => !may.get(permission))
      .map(([, words]) => `"${words}"`)
    if (lacks.length > 0)
      return [
        check.fail(
          `${displayName} lacks ${lacks.join(', ')} in ${key}`,
          'Give the account a role in the project that has these permissions.',
        ),
      ]
    const found = await jira.search(ticketQuery(config), { most: 100 })
    const told = `${displayName} in ${key} (${name}); the query finds ${found.length === 100 ? '100 or more' : found.length} open now`
    if (config.reporters.length > 0) return [check.ok(told)]
    return [
      check.fail(
        `${told}, but jira.reporters is empty, so none of them becomes a task`,
        'List the account ids of those whose tickets count: in Jira, the end of the address of their profile.',
      ),
    ]
  } catch (error) {
    if (!isJiraTrouble(error)) throw error
    if (error.kind === 'missing')
      return [check.fail(error.message, `Check jira.project: ${config.project} is not there, or not for this account.`)]
    if (error.kind === 'refused') return [check.fail(error.message, 'Check jira.jql.')]
    return [check.fail(error.message, 'Check JIRA_URL, JIRA_EMAIL and JIRA_TOKEN in .env (docs/jira.md).')]
  }
}
