import { fields, notFound, oneOf, optional, Refusal, type RouteEntry, text, yesOrNo } from './router.ts'
import { EXAMPLES, userShape } from './shapes.ts'
import { type Account, gitIn, type RepoRow } from './world.ts'

interface StatusOfDeployment {
  id: number
  state: string
  description: string
  by: Account
  environment_url: string
  log_url: string
}

/** A deployment as people see it on GitHub, with its statuses, oldest first. */
export interface DeploymentRow {
  id: number
  sha: string
  environment: string
  task: string
  payload: unknown
  isProduction: boolean
  by: Account
  statuses: StatusOfDeployment[]
}

export function deploymentsOf(repo: RepoRow): DeploymentRow[] {
  if (!repo.more.has('deployments')) repo.more.set('deployments', [])
  return repo.more.get('deployments') as DeploymentRow[]
}

const anything = (value: unknown) => value
const noTexts = (value: unknown): string[] => {
  if (!Array.isArray(value)) throw new Error('is not a list')
  return value as string[]
}
const address = (value: unknown): string => {
  if (typeof value !== 'string' || !/^https?:\/\//.test(value)) throw new Error('must use http(s) scheme')
  return value
}

// biome-ignore lint/suspicious/noExplicitAny: payloads as GitHub sent them
const example = (name: string): any => EXAMPLES.find((one) => one.name === name)?.examples[0]
const BASE = {
  deployment: example('deployment').deployment,
  status: example('deployment_status').deployment_status,
}

const shown = (row: DeploymentRow) => ({
  ...BASE.deployment,
  ...{ id: row.id, sha: row.sha, ref: row.sha, task: row.task, environment: row.environment },
  ...{ payload: row.payload, creator: userShape(row.by), description: null, production_environment: row.isProduction },
})
const shownStatus = ({ by, ...row }: StatusOfDeployment) => {
  const all = { ...BASE.status, ...row, creator: userShape(by) }
  // GitHub says "" where its description wants an address.
  const { log_url: log, environment_url: environment, ...rest } = all
  const target = log === '' ? 'https://github.com/' : log
  return { ...rest, target_url: target, log_url: target, ...(environment !== '' && { environment_url: environment }) }
}

const found = (repo: RepoRow, id: string | undefined): DeploymentRow => {
  const row = deploymentsOf(repo).find((one) => String(one.id) === id)
  if (!row) throw notFound()
  return row
}

const latest = ({ statuses }: DeploymentRow) => statuses.at(-1)?.state

export const deploymentRoutes: RouteEntry[] = [
  {
    route: 'GET /repos/{owner}/{repo}/deployments',
    needs: 'deployments:read',
    query: ['sha', 'ref', 'task', 'environment'],
    answer: ({ repo, query }) => ({
      isList: true,
      data: deploymentsOf(repo)
        .filter(({ sha }) => query.get('sha') === null || sha === query.get('sha'))
        .filter(({ environment }) => query.get('environment') === null || environment === query.get('environment'))
        .map(shown)
        .reverse(),
    }),
  },
  {
    route: 'POST /repos/{owner}/{repo}/deployments',
    needs: 'deployments:write',
    answer: ({ world, repo, by, body }) => {
      const given = fields(body, {
        ...{ ref: text(255), task: optional(text(128)), environment: optional(text(255)), payload: anything },
        ...{ auto_merge: optional(yesOrNo), required_contexts: optional(noTexts), description: optional(text(140)) },
        ...{ transient_environment: optional(yesOrNo), production_environment: optional(yesOrNo) },
      })
      let sha: string
      try {
        sha = gitIn(repo.gitDir, ['rev-parse', '--verify', '--quiet', `${given.ref}^{commit}`])
      } catch {
        throw new Refusal(422, `No ref found for: ${given.ref}`)
      }
      // The defaults, which nobody wants: it merges the default branch, and demands every check.
      if (given.auto_merge !== false) throw new Refusal(409, `Conflict merging ${repo.defaultBranch} into ${given.ref}`)
      if (given.required_contexts === undefined) throw new Refusal(409, 'Conflict: Commit status checks failed')
      const environment = given.environment ?? 'production'
      const row: DeploymentRow = {
        ...{ id: world.id(), sha, environment, task: given.task ?? 'deploy', payload: given.payload ?? {}, by },
        isProduction: given.production_environment ?? environment === 'production',
        statuses: [],
      }
      deploymentsOf(repo).push(row)
      return { status: 201, data: shown(row) }
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    needs: 'deployments:read',
    answer: ({ repo, params }) => ({
      isList: true,
      data: found(repo, params.deployment_id).statuses.map(shownStatus).reverse(),
    }),
  },
  {
    route: 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    needs: 'deployments:write',
    answer: ({ world, repo, by, params, body }) => {
      const row = found(repo, params.deployment_id)
      const given = fields(body, {
        state: oneOf('error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'),
        ...{ description: optional(text(140)), environment: optional(text(255)), auto_inactive: optional(yesOrNo) },
        ...{ target_url: optional(address), log_url: optional(address), environment_url: optional(address) },
      })
      const add = (to: DeploymentRow, state: string, words = '') => {
        const status = { id: world.id(), state, description: words, by, environment_url: '', log_url: '' }
        to.statuses.push(status)
        return status
      }
      const made = Object.assign(add(row, given.state, given.description), {
        environment_url: given.environment_url ?? '',
        log_url: given.log_url ?? '',
      })
      // Of production none is retired by GitHub itself.
      if (given.state === 'success' && given.auto_inactive !== false)
        for (const other of deploymentsOf(repo))
          if (other !== row && other.environment === row.environment && !other.isProduction)
            if (latest(other) === 'success') add(other, 'inactive')
      return { status: 201, data: shownStatus(made) }
    },
  },
]
