import type { ProjectConfig } from '../../config/types.ts'
import { lazy } from '../../lazy.ts'
import type { JiraLogin, ProjectJira, ProjectJiraPorts } from './open.ts'
import { siteOf, ticketsPlace } from './place.ts'

/** A project's tickets in Jira, where it has some, loaded when something is needed from there. `login` absent: none is opened. */
export function lazyProjectJira(
  project: ProjectConfig,
  login: JiraLogin | undefined,
  ports: Omit<ProjectJiraPorts, 'project' | 'config' | 'login'>,
): ProjectJira | undefined {
  const { jira: config } = project
  if (!config || !login) return undefined
  const real = lazy(async () => (await import('./open.ts')).openProjectJira({ ...ports, project, config, login }))
  return {
    place: ticketsPlace(siteOf(config, login), config, project),
    source: {
      name: 'jira',
      plan: async (...given) => (await real()).source.plan(...given),
      settled: async (...given) => (await real()).source.settled(...given),
    },
    rounds: async (...given) => (await real()).rounds(...given),
  }
}
