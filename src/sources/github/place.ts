import type { GitHubConfig } from '../../config/types.ts'
import type { SharedPlace } from '../../core/source-lease.ts'
import { serverIn } from '../server-in.ts'

/** GitHub's own API, which is meant where nobody says another one. */
const GITHUB = 'api.github.com'

/** What a repository is called by everybody: GitHub does not care for capitals, and takes the ending of a clone's address. */
const canonicalRepo = (repo: string) => repo.toLowerCase().replace(/\.git$/, '')

/** The repository, the same on each machine that could look at it; `apiUrl`: where GitHub's API is, where that is not GitHub's own. */
export function repositorySource({ repo }: Pick<GitHubConfig, 'repo'>, apiUrl: string | undefined): string {
  const server = apiUrl === undefined ? GITHUB : serverIn(apiUrl)
  return `github:${server === GITHUB ? '' : `${server}/`}${canonicalRepo(repo)}`
}

/** The same, with where it is kept what is known of it. */
export const repositoryPlace = (config: Pick<GitHubConfig, 'repo'>, apiUrl: string | undefined): SharedPlace => ({
  name: repositorySource(config, apiUrl),
  notes: {
    kept: [`github:${config.repo}:`],
    keptAs: [`github:${canonicalRepo(config.repo)}:`],
    repo: config.repo,
  },
})
