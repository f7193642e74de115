import type { Secrets } from '../config/secrets.ts'
import type { ProjectConfig } from '../config/types.ts'
import { isTrouble } from '../github/errors.ts'
import { apiUrlOf, findToken } from '../github/token.ts'
import { type DoctorCheck, named } from './check.ts'
import type { ProbeProgram } from './machine.ts'

/** What may be read with the token, the permission that it takes, and what needs it. */
const PERMISSIONS = [
  [
    'GET /repos/{owner}/{repo}/issues',
    { per_page: 1 },
    'Issues: read and write',
    'take up issues and say what becomes of them',
  ],
  [
    'GET /repos/{owner}/{repo}/pulls',
    { per_page: 1 },
    'Pull requests: read and write',
    'open, review and merge pull requests',
  ],
  [
    'GET /repos/{owner}/{repo}/branches',
    { per_page: 1 },
    'Contents: read and write',
    'fetch the default branch and push branches',
  ],
  [
    'GET /repos/{owner}/{repo}/actions/runs',
    { per_page: 1 },
    'Actions: read',
    'see before a merge whether the workflows passed',
  ],
] as const

/**
 * Whether the repository can be worked with, and which permission is missing for what. Only reads: that a token may also write is
 * seen when it does.
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
  })
  const ask = async <T>(request: Promise<T>): Promise<T | Error> => request.catch((error: Error) => error)
  const repository = await ask(github.read('GET /repos/{owner}/{repo}', {}))
  if (repository instanceof Error) return [refused(check, config.repo, repository)]
  const results: DoctorCheck[] = []
  if (repository.permissions?.push === false)
    results.push(
      check.fail(
        `the token's account may not write to ${config.repo}`,
        'Use a token of somebody with write access: Baton asks GitHub who may, and pushes branches.',
      ),
    )
  for (const [route, given, permission, what] of PERMISSIONS) {
    const answer = await ask(github.read(route, given))
    if (isTrouble(answer, 'forbidden', 'missing'))
      results.push(check.fail(`the token cannot ${what}`, `Give it the permission “${permission}”.`))
    else if (answer instanceof Error) results.push(check.warn(answer.message))
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
          `${config.repo}, with the token of gh, which may do whatever you may`,
          'A fine-grained token in GITHUB_TOKEN (.env) may do less: docs/github.md.',
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
  if (isTrouble(error, 'moved')) return check.fail(`${repo} has another name by now`, 'Set github.repo in config.yaml.')
  return check.warn(error.message, 'Check the network, or GITHUB_API_URL.')
}
