import type { Endpoints } from '@octokit/types'
import type { GitHub } from '../../github/client.ts'
import { mayWrite } from '../../github/may.ts'
import { isOwnComment } from '../../github/say.ts'
import { newFenceName } from '../../text/as-data.ts'
import { sha256 } from '../../text/sha256.ts'
import { picturesIn } from './pictures.ts'
import type { Snapshot } from './record.ts'

export type Issue = Endpoints['GET /repos/{owner}/{repo}/issues/{issue_number}']['response']['data']

/** Comments beyond these would bury the issue. */
const MOST_COMMENTS = 50

/** What an approval of an issue is bound to. */
export const hashOf = ({ title, body }: { title: string; body?: string | null | undefined }): string =>
  sha256(JSON.stringify([title, body ?? '']))

/** The names of an issue's labels. */
export const labelsOf = ({ labels }: Pick<Issue, 'labels'>): string[] =>
  labels.map((label) => (typeof label === 'string' ? label : (label.name ?? '')))

/** GitHub does not tell capitals of labels apart. */
export const isLabel = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/**
 * An issue as it is now, with what people with write access said to it. Asks of each who they are. `label`: the one that has it
 * worked on. Throws GitHubError.
 */
export async function takeSnapshot(github: GitHub, issue: Issue, label: string): Promise<Snapshot> {
  const writers = new Map<string, boolean>()
  const isWriter = async (user: { id: number | bigint; login: string } | null | undefined): Promise<boolean> => {
    if (!user) return false
    const known = writers.get(String(user.id))
    if (known !== undefined) return known
    const may = await mayWrite(github, user)
    writers.set(String(user.id), may === 'yes')
    return may === 'yes'
  }
  const comments: Snapshot['comments'] = []
  const said =
    issue.comments === 0
      ? []
      : await github.all('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { issue_number: issue.number })
  for (const { user, body = '' } of said.slice(-MOST_COMMENTS)) {
    // A command is said to Baton, not to Claude.
    if (!user || body.trimStart().startsWith('/') || (await isOwnComment(github, { user, body }))) continue
    if (await isWriter(user)) comments.push({ login: user.login, body })
  }
  const outsider = !(await isWriter(issue.user))
  // Whoever approves an outsider's text sees no picture of it.
  const texts = [...(outsider ? [] : [issue.body ?? '']), ...comments.map(({ body }) => body)]
  const pictures = texts.flatMap(picturesIn)
  const labels = labelsOf(issue).filter((name) => name !== '' && !isLabel(name, label))
  return {
    title: issue.title,
    body: issue.body ?? '',
    url: issue.html_url,
    author: { id: String(issue.user?.id ?? 0), login: issue.user?.login ?? 'ghost' },
    outsider,
    comments,
    ...(labels.length > 0 && { labels }),
    ...(pictures.length > 0 && { pictures }),
    hash: hashOf(issue),
    fence: newFenceName(),
  }
}
