import type { ProjectConfig } from '../../config/types.ts'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { Actor } from '../../core/types.ts'
import type { GitHubState } from '../../github/state.ts'
import { lazy } from '../../lazy.ts'
import type { GitHubAccess, ProjectGitHub, ProjectGitHubPorts } from './open.ts'
import { repositoryPlace } from './place.ts'
import { ticketWorksIn } from './ticket-works.ts'

/**
 * A project's repository on GitHub, where it has one, loaded when something is needed from there: most homes never need it.
 * `access` absent: none is opened.
 */
export function lazyProjectGitHub(
  project: ProjectConfig,
  access: GitHubAccess | undefined,
  ports: Omit<ProjectGitHubPorts, 'project' | 'config' | 'access' | 'state'> & { state: (repo: string) => GitHubState },
): ProjectGitHub | undefined {
  const { github: config } = project
  if (!config || !access) return undefined
  const given = { ...ports, project, config, access, state: ports.state(config.repo) }
  const works = ticketWorksIn(given.state)
  const real = lazy(async () => (await import('./open.ts')).openProjectGitHub(given))
  return {
    place: repositoryPlace(config, access.apiUrl),
    source: {
      name: 'github',
      plan: async (...given) => (await real()).source.plan(...given),
      settled: async (...given) => (await real()).source.settled(...given),
    },
    destination: {
      takes: ({ spec }) => spec.origin.source === 'github' || spec.origin.source === 'jira',
      base: async (...given) => (await real()).destination.base(...given),
      furnish: async (...given) => (await real()).destination.furnish?.(...given),
      land: async (...given) => (await real()).destination.land(...given),
      noUndo: async (...given) => (await real()).destination.noUndo(...given),
    },
    pullOf: (runId) => works.get(runId).pull,
    openFix: async (...given) => (await real()).openFix(...given),
    showDeployments: async (...given) => (await real()).showDeployments(...given),
    rounds: async (...given) => (await real()).rounds(...given),
    command: async (...given) => (await real()).command(...given),
  }
}

/** How the command about GitHub is answered, also where a project has no repository there. */
export const gitHubAnswer =
  (onGitHub: ProjectGitHub | undefined) =>
  async ({ text = '' }: { text?: string }, by: Actor, id: number): Promise<Reply> =>
    onGitHub?.command(text, by, id) ??
    notPossible(
      'This project has no repository on GitHub. Set "github: {repo: OWNER/NAME}" in config.yaml; docs/github.md says how.',
    )
