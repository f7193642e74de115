import type { DeploymentCheck, EnvironmentConfig } from '../config/types.ts'
import { actorText } from '../core/actors.ts'
import {
  actOf,
  type Deployment,
  type DeploymentReport,
  type KnownEnvironment,
  lastGood,
} from '../core/deploy/deployment.ts'
import { endedText } from '../core/deploy/words.ts'
import type { CheckResult, Outcome } from '../core/types.ts'
import { DEPLOY_POINTS, type PassCrashPoint } from '../daemon/crash-points.ts'
import { checkDeployment, type DeploymentCheckPorts, tellsApart } from './check.ts'

/** What carrying out a deployment needs. */
export interface DeployerPorts {
  environment: (name: string) => EnvironmentConfig | undefined
  /** What is known of the environment now. */
  known: (name: string) => KnownEnvironment
  /** As it is stored; undefined once it is over. */
  deployment: (id: string) => Deployment | undefined
  /** Stores what a command came to, before anything follows from it. */
  report: (deploymentId: string, report: DeploymentReport) => Promise<void>
  fetch: DeploymentCheckPorts['fetch']
  now: () => number
  /** For the fault harness: a kill at each of the steps. */
  reached: PassCrashPoint
}

/** Where its commands are run. */
export interface DeployPlace {
  run: (
    command: string,
    how: { variables: Record<string, string>; timeoutMs: number; signal: AbortSignal },
  ) => Promise<CheckResult>
  log: (line: string) => void
  /** Baton ends; what is under way is looked at when it is there again. */
  signal: AbortSignal
}

/**
 * Carries out a deployment from wherever it is stored to be. Each step was stored before this is asked for its command; what an
 * earlier process began is never begun again, but looked at.
 */
export async function carryOut(ports: DeployerPorts, id: string, place: DeployPlace): Promise<void> {
  const before = ports.deployment(id)
  if (before?.step === 'deploying' || before?.step === 'rolling-back') {
    place.log(`! nobody knows how far ${before.step} got; looking`)
    await ports.report(id, { kind: 'interrupted' })
  }
  for (;;) {
    const deployment = ports.deployment(id)
    const act = deployment && actOf(deployment)
    if (!deployment || act === undefined) return
    place.signal.throwIfAborted()
    const point = DEPLOY_POINTS.find((one) => one === deployment.step)
    if (point) ports.reached(point)
    place.log(`■ ${deployment.environment}: ${deployment.step}`)
    const report = await perform(ports, deployment, act, place)
    // What was cut off by our own end is not known, and so not reported.
    place.signal.throwIfAborted()
    await ports.report(id, report)
  }
}

async function perform(
  ports: DeployerPorts,
  deployment: Deployment,
  act: NonNullable<ReturnType<typeof actOf>>,
  place: DeployPlace,
): Promise<DeploymentReport> {
  const environment = ports.environment(deployment.environment)
  const gone = `config.yaml no longer has ${deployment.environment}`
  const variables = variablesOf(deployment)
  const runAll = async (
    commands: readonly string[],
    more: Record<string, string> = {},
  ): Promise<string | undefined> => {
    for (const command of commands) {
      place.log(`→ ${command}`)
      const how = {
        variables: { ...environment?.secrets, ...variables, ...more },
        timeoutMs: environment?.timeoutMs ?? 0,
        signal: place.signal,
      }
      const result = await place.run(command, how)
      if (!result.ok)
        return `${command}: ${result.timedOut ? 'ran out of time' : `exit ${result.exitCode ?? 'unknown'}`}\n${result.output}`.trim()
    }
    return undefined
  }
  const look = (check: DeploymentCheck, sha: string, once = false) =>
    checkDeployment(
      check,
      { ...variables, SHA: sha },
      {
        fetch: ports.fetch,
        now: ports.now,
        signal: place.signal,
        run: (command, given) =>
          place.run(command, {
            variables: { ...environment?.secrets, ...given },
            timeoutMs: environment?.timeoutMs ?? 0,
            signal: place.signal,
          }),
      },
      { once },
    )
  const { previous, doubt } = deployment
  switch (act) {
    case 'name': {
      if (!environment) return { kind: 'not-named', why: gone }
      if (deployment.kind === 'rollback') return { kind: 'named' }
      const good = lastGood(ports.known(deployment.environment))
      const sha = good?.sha
      if (environment.before === undefined) return { kind: 'named', ...(sha !== undefined && { previous: { sha } }) }
      place.log(`→ ${environment.before}`)
      const how = {
        variables: { ...environment.secrets, ...variables },
        timeoutMs: environment.timeoutMs,
        signal: place.signal,
      }
      const said = await place.run(environment.before, how)
      if (!said.ok)
        return {
          kind: 'not-named',
          why: `What runs now is not known: ${environment.before} failed\n${said.output}`.trim(),
        }
      const release = readRelease(said.output)
      if (release === undefined)
        return {
          kind: 'not-named',
          why: `What runs now is not known: ${environment.before} did not print one line, but\n${said.output.slice(0, 500)}`,
        }
      return { kind: 'named', previous: { release, ...(sha !== undefined && { sha }) } }
    }
    case 'deploy': {
      if (!environment) return { kind: 'deploy-failed', why: gone }
      const why = await runAll(environment.deploy)
      return why === undefined ? { kind: 'deployed' } : { kind: 'deploy-failed', why }
    }
    case 'check': {
      const check = environment?.check
      const isOld = async () =>
        doubt !== undefined &&
        check !== undefined &&
        tellsApart(check) &&
        previous?.sha !== undefined &&
        previous.sha !== deployment.sha
          ? (await look(check, previous.sha, true)).ok
          : false
      if (doubt === 'failed')
        return { kind: 'checked', ok: false, ...((await isOld()) && { runs: 'previous' as const }) }
      // Without a check, a command that ended well is all there is to go by.
      if (check === undefined)
        return {
          kind: 'checked',
          ok: doubt === undefined,
          ...(doubt && { why: 'nobody knows whether it was deployed, and there is no check' }),
        }
      const seen = await look(check, deployment.sha)
      if (seen.ok) return { kind: 'checked', ok: true }
      place.log(`! ${seen.why}`)
      return { kind: 'checked', ok: false, why: seen.why, ...((await isOld()) && { runs: 'previous' as const }) }
    }
    case 'roll-back': {
      if (!environment?.rollback)
        return { kind: 'rolled-back', ok: false, why: 'there is no `rollback` in config.yaml' }
      const why = await runAll(environment.rollback)
      return { kind: 'rolled-back', ok: why === undefined, ...(why !== undefined && { why }) }
    }
    case 'check-rollback': {
      const check = environment?.check
      // A command that failed, or whose end nobody saw, proves nothing without a check.
      if (check === undefined) return { kind: 'checked', ok: deployment.rollbackDoubt !== true }
      const sha = previous?.sha ?? ''
      const answerable = sha === '' ? withoutCommit(check) : check
      if (!answerable)
        return {
          kind: 'checked',
          ok: false,
          why: `nobody knows the commit of ${previous?.release}, which the check asks for`,
        }
      const seen = await look(answerable, sha)
      return seen.ok ? { kind: 'checked', ok: true } : { kind: 'checked', ok: false, why: seen.why }
    }
  }
}

/** Of a release that only the platform knows the commit cannot be asked for; whether it answers can. */
function withoutCommit(check: DeploymentCheck): DeploymentCheck | undefined {
  if (!tellsApart(check)) return check
  if ('commands' in check || tellsApart({ commands: [check.url] })) return undefined
  const { contains: _, ...rest } = check
  return rest
}

/** `v42`, or of Heroku's list as JSON the release that is current. */
function readRelease(output: string): string | undefined {
  const text = output.trim()
  if (text.startsWith('[')) {
    try {
      const all = JSON.parse(text) as { version?: number; current?: boolean; status?: string }[]
      const current = all.find((one) => one.current === true) ?? all.find(({ status }) => status === 'succeeded')
      return typeof current?.version === 'number' ? `v${current.version}` : undefined
    } catch {
      return undefined
    }
  }
  return text !== '' && !text.includes('\n') && text.length <= 200 ? text : undefined
}

function variablesOf(deployment: Deployment): Record<string, string> {
  const { sha, previous, environment, id, branch, approvedBy, by } = deployment
  return {
    SHA: sha,
    PREVIOUS_SHA: previous?.sha ?? '',
    PREVIOUS_RELEASE: previous?.release ?? '',
    ENVIRONMENT: environment,
    DEPLOYMENT_ID: id,
    BRANCH: branch,
    ACTOR: approvedBy.map(actorText).join(', ') || actorText(by),
  }
}

/** What a task's receipt says of its deployment. */
export function outcomeOfDeployment(deployment: Deployment, environment: KnownEnvironment): Outcome {
  const text = endedText(deployment, environment)
  const isGood = deployment.step === 'live' || (deployment.step === 'rolled-back' && deployment.kind === 'rollback')
  const detail = deployment.why === undefined ? text : `${text}\n\n${deployment.why}`
  return isGood ? { kind: 'done', text, result: text } : { kind: 'failed', text: detail }
}
