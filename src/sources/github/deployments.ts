import type { Deployment } from '../../core/deploy/deployment.ts'
import type { KeptValues } from '../../core/kept-values.ts'
import type { BatonEvent } from '../../core/types.ts'
import type { GitHub } from '../../github/client.ts'
import { GitHubError, isPassing, isTrouble } from '../../github/errors.ts'
import { once } from '../../github/once.ts'
import type { GitHubState } from '../../github/state.ts'
import { harmlessPlain } from '../../github/text/harmless.ts'
import { createMirror } from '../../outbox/mirror.ts'
import { type DeploymentStatus, deploymentStatus, runsAfter } from './deployment-status.ts'

/** What the deployments of a project are shown from. */
export interface ShowDeploymentsPorts {
  /** The queue of its pipelines. */
  queue: string
  follow: (listener: (event: BatonEvent) => void, after?: number) => () => void
  read: { deployment: (id: string) => Deployment | undefined; lastEventSeq: () => number }
  kept: KeptValues
  /** Where people see what runs in an environment. */
  urlOf: (environment: string) => string | undefined
  /** Where the dashboard shows a run. */
  logOf: (runId: string) => string | undefined
  onTrouble: (text: string) => void
  onError: (error: unknown) => void
}

/** Deployments that are shown from now on. */
export interface ShownDeployments {
  /** Shows everything that is not shown yet, at once; throws the first trouble. */
  once: () => Promise<void>
  stop: () => Promise<void>
}

interface GitHubPorts {
  /** Throws GitHubError where there is no token. */
  github: () => Promise<GitHub>
  state: GitHubState
  redact: (text: string) => string
  now: () => number
}

/** GitHub takes no longer one. */
const LONGEST_DESCRIPTION = 140
const LAST_WORDS_MS = 3_000

/**
 * Shows each deployment on GitHub, with its status, after the fact: while GitHub is away nothing waits for it, and it catches up.
 */
export function showDeployments(own: GitHubPorts, ports: ShowDeploymentsPorts): ShownDeployments {
  const { state, redact } = own
  const { queue, read } = ports
  const mirror = createMirror({
    ...{ name: `github-deployments:${queue}`, kept: ports.kept, now: own.now, onError: ports.onError },
    onTrouble: (text) =>
      ports.onTrouble(
        text === undefined ? 'Deployments are reported to GitHub again.' : `Deployments on GitHub: ${text}`,
      ),
    judge: (error) =>
      error instanceof GitHubError
        ? {
            text: error.kind === 'forbidden' ? `${error.message} The token needs "deployments: write".` : error.message,
            holdsAll: isPassing(error) || error.kind === 'forbidden' || error.kind === 'unauthorized',
            ...{ isLimit: error.kind === 'limited', retryAt: error.retryAt },
          }
        : undefined,
    async bring(id) {
      const deployment = read.deployment(id)
      if (!deployment) return
      const github = await own.github()
      try {
        await show(github, deployment)
      } catch (error) {
        if (!isTrouble(error, 'missing')) throw error
        // Somebody deleted it there: it is not made again. A token that may not look says the same of everything.
        await github.read('GET /repos/{owner}/{repo}', {})
      }
    },
  })
  // What happened before is not written.
  const unfollow = ports.follow((event) => {
    const deployment = event.data?.deployment as { id?: unknown } | undefined
    if (event.queue === queue && /^deployment\./.test(event.type) && typeof deployment?.id === 'string')
      mirror.changed(deployment.id, event.seq)
  }, mirror.place() ?? read.lastEventSeq())
  mirror.start()
  return {
    once: mirror.once,
    async stop() {
      unfollow()
      await mirror.stop(LAST_WORDS_MS)
    },
  }

  async function show(github: GitHub, deployment: Deployment): Promise<void> {
    const { id, environment, step } = deployment
    const there = await made(github, deployment)
    const { state: is, description } = deploymentStatus(deployment)
    const status = { state: is, description: harmlessPlain(redact(description), { max: LONGEST_DESCRIPTION }) }
    await say(github, there, { key: `deployment:${id}:${step}`, status, deployment })
    const runs = deployment.endedAt === undefined ? undefined : runsAfter(deployment)
    if (runs === undefined) return
    const activeKey = `deployments:active:${queue}:${environment}`
    for (const other of state.notes.get<number[]>(activeKey) ?? [])
      if (other !== there) await retire(github, other).catch(unlessDeleted)
    state.notes.set(activeKey, runs === 'it' ? [there] : [])
  }

  /** The id of the deployment on GitHub; made once. */
  function made(github: GitHub, { id, sha, environment, kind }: Deployment): Promise<number> {
    return once(state, `deployment:${id}`, {
      look: async () => {
        const all = await github.all('GET /repos/{owner}/{repo}/deployments', { sha, environment })
        return numbered(all.find(({ payload }) => idIn(payload) === id))
      },
      act: async () => {
        const answer = await github.write('POST /repos/{owner}/{repo}/deployments', {
          ref: sha,
          ...{ environment, task: kind === 'rollback' ? 'rollback' : 'deploy', payload: { baton: id } },
          // Else GitHub merges the default branch into it, or refuses it for checks that are none of its own.
          ...{ auto_merge: false, required_contexts: [] },
        })
        if (!('id' in answer)) throw new GitHubError('refused', `GitHub did not take a deployment: ${answer.message}`)
        return Number(answer.id)
      },
    })
  }

  function say(
    github: GitHub,
    there: number,
    { key, status, deployment }: { key: string; status: DeploymentStatus; deployment: Deployment },
  ): Promise<number> {
    const environmentUrl = ports.urlOf(deployment.environment)
    const logUrl = ports.logOf(deployment.runId)
    return once(state, key, {
      look: async () =>
        numbered(
          (await statusesOf(github, there)).find(
            (one) => one.state === status.state && one.description === status.description,
          ),
        ),
      act: async () => {
        const answer = await github.write('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          deployment_id: there,
          ...status,
          // GitHub itself never retires a deployment to production.
          auto_inactive: false,
          ...(environmentUrl !== undefined && { environment_url: environmentUrl }),
          ...(logUrl !== undefined && { log_url: logUrl }),
        })
        return Number(answer.id)
      },
    })
  }

  /** It runs no longer. */
  function retire(github: GitHub, there: number): Promise<number> {
    return once(state, `deployment:${there}:inactive`, {
      look: async () => numbered((await statusesOf(github, there)).find((one) => one.state === 'inactive')),
      act: async () => {
        const answer = await github.write('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...{ deployment_id: there, state: 'inactive' },
        })
        return Number(answer.id)
      },
    })
  }
}

const statusesOf = (github: GitHub, there: number) =>
  github.all('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', { deployment_id: there })

const numbered = (one: { id: number | bigint } | undefined): number | undefined => one && Number(one.id)

function unlessDeleted(error: unknown): void {
  if (!isTrouble(error, 'missing')) throw error
}

/** Which deployment of ours it is; GitHub gives a payload back as it was, or as text. */
function idIn(payload: unknown): unknown {
  if (typeof payload !== 'string') return (payload as { baton?: unknown } | null)?.baton
  try {
    return (JSON.parse(payload) as { baton?: unknown } | null)?.baton
  } catch {
    return undefined
  }
}
