import type { GitHub } from './client.ts'

/** A pull request, as far as it is shown. */
export interface PullPlace {
  number: number
  url: string
}

/** The open pull request of a branch of this repository. */
export async function findPull(github: GitHub, branch: string, base: string): Promise<PullPlace | undefined> {
  const head = `${github.owner}:${branch}`
  const pulls = await github.all('GET /repos/{owner}/{repo}/pulls', { head, base, state: 'open' })
  const found = pulls.find((one) => one.head.ref === branch)
  return found && { number: found.number, url: found.html_url }
}
