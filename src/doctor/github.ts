import type { Secrets } from '../config/secrets.ts'
import type { ProjectConfig } from '../config/types.ts'
import type { GitHub } from '../github/client.ts'
import { isPassing, isTrouble } from '../github/errors.ts'
import { apiUrlOf, findToken } from '../github/token.ts'
import { type DoctorCheck, named } from './check.ts'
import type { ProbeProgram } from './machine.ts'

/** What Baton does with a permission, and requests that tell whether the token has it. */
interface Needed {
  permission: string
  /** What cannot be done without it. */
  what: string
  read: Parameters<GitHub['read']>[0]
  given: object
  /**
   * Is sent without anything that it has to say, so that nothing can come of it: GitHub looks at the token first (403), and then at
   * the request (422).
   */
  write?: Parameters<GitHub['write']>[0]
}

const ONE = { per_page: 1 }

function neededBy({ github, pipelines }: ProjectConfig, branch: string): Needed[] {
  return [
    {
      permission: 'Issues: read and write',
      what: 'take up issues and report on them',
      ...{ read: 'GET /repos/{owner}/{repo}/issues', given: ONE, write: 'POST /repos/{owner}/{repo}/issues' },
    },
    {
      permission: 'Pull requests: read and write',
      what: 'open, review and merge pull requests',
      ...{ read: 'GET /repos/{owner}/{repo}/pulls', given: ONE, write: 'POST /repos/{owner}/{repo}/pulls' },
    },
    {
      permission: 'Contents: read and write',
      what: 'fetch the default branch and push branches',
      ...{ read: 'GET /repos/{owner}/{repo}/branches', given: ONE, write: 'POST /repos/{owner}/{repo}/git/refs' },
    },
    {
      permission: 'Actions: read',
      what: 'see before a merge whether the workflows passed',
      ...{ read: 'GET /repos/{owner}/{repo}/actions/runs', given: ONE },
    },
    ...optional(github?.merge.ci !== false, {
      permission: 'Commit statuses: read',
      what: 'see before a merge whether other checks passed',
      ...{ read: 'GET /repos/{owner}/{repo}/commits/{ref}/status', given: { ref: branch } },
    }),
    ...optional(pipelines !== undefined, {
      permission: 'Deployments: read and write',
      what: 'show what is deployed',
      ...{ read: 'GET /repos/{owner}/{repo}/deployments', given: ONE, write: 'POST /repos/{owner}/{repo}/deployments' },
    }),
  ]
}

const optional = (isNeeded: boolean, one: Needed): Needed[] => (isNeeded ? [one] : [])

/**
 * Whether the repository can be worked with, and which permission is missing for what. Nothing is changed
 * there. Whether a token may change workflows is seen when it does.
 */
export async function checkGitHub(
  project: ProjectConfig,
  secrets: Pick<Secrets, 'githubToken' | 'githubApiUrl'>,
  { env, run, alone }: { env: NodeJS.ProcessEnv; run: ProbeProgram; alone: boolean },
): Promise<DoctorCheck[]> {
  const { github: config } = project
  if (!config) return []
  const check = named(alone ? 'github' : `github ${project.name}`, { needed: false })
  const apiUrl = apiUrlOf(secrets.githubApiUrl)
  const found = await findToken(secrets.githubToken, { apiUrl, env })
  if (!found)
    return [
      check.fail(
        'there is no token',
        'Set GITHUB_TOKEN in .env (docs/github.md lists the permissions), or run "gh auth login".',
      ),
    ]
  // Most homes have no repository there, and need not load it.
  const { openGitHub } = await import('../github/client.ts')
  const github = openGitHub({
    ...{ repo: config.repo, token: found.token, apiUrl, version: 'doctor', now: Date.now },
    state: { etags: { get: () => undefined, set: () => undefined } },
    // Nothing is written, however often it is asked.
    spaced: false,
  })
  const ask = async <T>(request: Promise<T>): Promise<T | Error> => request.catch((error: Error) => error)
  const repository = await ask(github.read('GET /repos/{owner}/{repo}', {}))
  if (repository instanceof Error) return [refused(check, config.repo, repository)]
  const results: DoctorCheck[] = []
  const mayPush = repository.permissions?.push !== false
  if (!mayPush)
    results.push(
      check.fail(
        `the token's account may not write to ${config.repo}`,
        'Use a token of somebody with write access: Baton asks GitHub who may, and pushes branches.',
      ),
    )
  for (const { permission, what, read, given, write } of neededBy(project, repository.default_branch)) {
    const came = await ask(github.read(read, given as never))
    // Only the status of a commit may be missing for another reason: the repository is empty.
    const isMissing = isTrouble(came, 'forbidden') || (isTrouble(came, 'missing') && !('ref' in given))
    const tried = write && mayPush && !isMissing ? await ask(github.write(write, {} as never)) : undefined
    if (isMissing || isTrouble(tried, 'forbidden'))
      results.push(check.fail(`the token cannot ${what}`, `Give it the permission “${permission}”.`))
    else if (came instanceof Error && !isTrouble(came, 'missing')) results.push(check.warn(came.message))
    else if (isTrouble(tried) && isPassing(tried)) results.push(check.warn(tried.message))
  }
  const remotes = await run('git', ['remote', '-v'], project.path)
  if (remotes && !remotes.stdout.toLowerCase().includes(config.repo.toLowerCase()))
    results.push(
      check.warn(
        `${project.path} has no remote of ${config.repo}: is it a clone of it?`,
        'Set project in config.yaml to a clone, or github.repo to what it is a clone of.',
      ),
    )
  if (results.length > 0) return results
  return [
    found.from === 'gh'
      ? check.warn(
          `${config.repo}, with the token of gh, which can do whatever you can`,
          'A fine-grained token in GITHUB_TOKEN (.env) can do less: docs/github.md.',
        )
      : check.ok(config.repo),
  ]
}

function refused(check: ReturnType<typeof named>, repo: string, error: Error): DoctorCheck {
  if (isTrouble(error, 'unauthorized'))
    return check.fail('the token is not valid', 'Make a new one, and set GITHUB_TOKEN in .env.')
  if (isTrouble(error, 'missing', 'forbidden'))
    return check.fail(
      `there is no ${repo} for this token`,
      'Check github.repo, and give the token access to the repository.',
    )
  if (isTrouble(error, 'moved')) return check.fail(`${repo} has been renamed`, 'Set github.repo in config.yaml.')
  return check.warn(error.message, 'Check the network, or GITHUB_API_URL.')
}
