import type { GitHubConfig } from '../../config/types.ts'
import type { SharedPlace } from '../../core/source-lease.ts'

/** The repository, the same on each machine that could look at it; `apiUrl`: where GitHub's API is, where that is not GitHub's own. */
export function repositorySource({ repo }: Pick<GitHubConfig, 'repo'>, apiUrl: string | undefined): string {
  const server = apiUrl === undefined ? '' : `${apiUrl.replace(/^\w+:\/\/|\/.*$/g, '')}/`
  return `github:${server}${repo}`.toLowerCase()
}

/** The same, with where it is kept what is known of it. */
export const repositoryPlace = (config: Pick<GitHubConfig, 'repo'>, apiUrl: string | undefined): SharedPlace => ({
  name: repositorySource(config, apiUrl),
  notes: { kept: [`github:${config.repo}:`], repo: config.repo },
})
