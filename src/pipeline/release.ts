import { matchesGlob } from 'node:path'
import type { DeploymentCheck, EnvironmentConfig } from '../config/types.ts'
import { actorText } from '../core/actors.ts'
import { type KnownEnvironment, lastGood } from '../core/deploy/deployment.ts'
import { minuteText, missingText, releaseName, runningText } from '../core/deploy/words.ts'
import type { Deciders, PushedCommit, Release, Task } from '../core/types.ts'
import { plural } from '../text/amounts.ts'
import { sha256 } from '../text/sha256.ts'
import type { Between } from './remote.ts'
import { stepsBefore } from './workspace.ts'

/** Everything that a deployment is decided by. */
export interface ReleaseFacts {
  task: Task
  /** All steps of its run. */
  steps: readonly Task[]
  push: PushedCommit
  config: EnvironmentConfig
  known: KnownEnvironment
  /** What lies between what runs and what would run. */
  between: Between
  /** Who wrote the commit. */
  author: string
  /** `https://github.com/acme/app/compare/old...new`. */
  diffUrl?: string
  frozenUntil?: number
}

const MOST_FILES = 40
const MOST_FINDING = 2_000

/** What is shown of a deployment before it begins: from what to what, what proves it, what runs, what could go wrong. */
export function releaseOf(facts: ReleaseFacts): Release {
  const { task, push, config, known, frozenUntil } = facts
  const isBack = push.how === 'rollback'
  const own = isBack ? (push.release ?? releaseName(push)) : releaseName(push)
  const asksItself = isBack && push.by.surface === 'baton'
  const deciders: Deciders | undefined =
    config.approve.length > 0 && (!isBack || asksItself)
      ? {
          roles: config.approve,
          count: config.approvals,
          ...(config.notRequester && !isBack && { requester: push.by }),
        }
      : undefined
  const touched = migrationsIn(facts)
  const onRed = config.onRed === 'rollback' && touched.length > 0 ? 'ask' : config.onRed
  const title = isBack ? `Roll ${config.name} back to ${own}?` : `Deploy ${own} to ${config.name}?`
  const text = textOf(facts, touched, onRed)
  const bound = {
    title,
    text,
    deciders,
    onRed,
    environment: config.name,
    sha: push.sha,
    release: push.release,
    by: push.by,
    epoch: known.epoch,
    ...unshown(facts),
  }
  return {
    environment: config.name,
    sha: push.sha,
    facts: sha256(JSON.stringify({ ...bound, task: task.id })).slice(0, 32),
    epoch: known.epoch,
    title,
    text,
    isAsked: deciders !== undefined || asksItself,
    ...(deciders && { deciders }),
    onRed,
    ...(frozenUntil !== undefined && { frozenUntil }),
  }
}

/** What the text cuts short or only names: it is bound as a whole all the same. */
function unshown({ task, steps, config, between }: ReleaseFacts) {
  const { before, deploy, check, rollback, secrets, timeoutMs } = config
  return {
    between,
    carriedOut: { before, deploy, check, rollback, names: Object.keys(secrets).sort(), timeoutMs },
    built: stepsBefore(task, steps).flatMap(({ artifacts = [] }) => artifacts),
    found: findings(steps).map(({ result }) => result),
  }
}

/** What Claude says that only looked. */
const findings = (steps: readonly Task[]): Task[] =>
  steps.filter(({ spec, phase }) => spec.readOnly && phase === 'done')

const migrationsIn = ({ between: { files }, config }: ReleaseFacts): string[] =>
  files.map(({ path }) => path).filter((path) => config.migrations.some((pattern) => matchesGlob(path, pattern)))

function textOf(facts: ReleaseFacts, touched: string[], onRed: Release['onRed']): string {
  const { push, config, known, between, author, diffUrl } = facts
  const from = known.runs
  const short = push.sha.slice(0, 8)
  const fromText = from ? runningText(from) : 'nothing known'
  const runs = from
    ? `Runs now: ${runningText(from)} since ${minuteText(from.since)}, by ${actorText(from.by)}${known.isRed ? ', and its check is RED' : ''}`
    : 'Runs now: unknown'
  const back = lastGood(known)
  const parts = [
    `${config.name}: ${fromText} → ${short} (${push.branch})`,
    [
      `Commit: ${push.sha}`,
      `Written by: ${author}`,
      `${push.how === 'push' ? 'Pushed' : 'Requested'} by: ${actorText(push.by)}`,
      runs,
      known.missing && missingText(known),
      diffUrl && `Diff: ${diffUrl}`,
    ]
      .filter(Boolean)
      .join('\n'),
    commitsText(between),
    filesText(between, touched),
    provedText(facts),
    riskText(facts, touched, back !== undefined || config.before !== undefined, onRed),
    `It runs:\n${listOf(config.deploy)}`,
    config.check && `Then it is checked:\n${listOf(checkWords(config.check))}`,
    config.rollback && `A rollback runs:\n${listOf(config.rollback)}`,
    config.rollback &&
      `If the check is red, ${onRed === 'rollback' ? 'it is rolled back at once' : onRed === 'ask' ? 'you are asked whether to roll back' : 'nothing is rolled back'}${back ? `, to ${runningText(back)}` : ''}.`,
  ]
  return parts.filter(Boolean).join('\n\n')
}

const listOf = (commands: readonly string[]): string =>
  commands.map((command) => `- ${command.replaceAll('\n', '\n  ')}`).join('\n')

function checkWords(check: DeploymentCheck): string[] {
  if ('commands' in check) return check.commands
  const says = check.contains === undefined ? '' : ` and says ${check.contains}`
  return [`${check.url} answers ${check.status}${says}`]
}

function commitsText({ commits, total, lost }: Between): string {
  const more = total > commits.length ? `\n… and ${total - commits.length} more` : ''
  const less = lost > 0 ? `\nLacks ${plural(lost, 'commit')} of the release that is running.` : ''
  return `${plural(total, 'commit')}:\n${commits.map((line) => `- ${line}`).join('\n')}${more}${less}`
}

function filesText({ files }: Between, touched: string[]): string | undefined {
  if (files.length === 0) return undefined
  const shown = files.slice(0, MOST_FILES).map(({ change, path }) => `${change} ${path}`)
  const more = files.length > MOST_FILES ? [`… and ${files.length - MOST_FILES} more`] : []
  const migrations = touched.length > 0 ? `\nMigrations: ${touched.slice(0, MOST_FILES).join(', ')}` : ''
  return `${plural(files.length, 'file')} changed:\n${[...shown, ...more].join('\n')}${migrations}`
}

/** Steps before it, what they checked and built, and what Claude found. */
function provedText({ task, steps }: ReleaseFacts): string | undefined {
  const before = stepsBefore(task, steps)
  const lines = before.map(({ spec, phase, proof }) => {
    const checks = proof?.checks ?? []
    const counted =
      checks.length > 0 ? ` (${checks.filter(({ ok }) => ok).length} of ${plural(checks.length, 'check')} green)` : ''
    return `- ${phase === 'done' ? '✓' : '✗'} ${spec.title}${phase === 'done' ? '' : `: ${phase}`}${counted}`
  })
  const built = before.flatMap(({ artifacts = [] }) =>
    artifacts.map(
      ({ path, digest, files, bytes }) =>
        `- ${path}: sha256 ${digest.slice(0, 16)} (${plural(files, 'file')}, ${plural(bytes, 'byte')})`,
    ),
  )
  const found = findings(steps).map(({ spec, result = '' }) => `${spec.title}:\n${result.slice(0, MOST_FINDING)}`)
  return [
    lines.length > 0 && `Steps before it:\n${lines.join('\n')}`,
    built.length > 0 && `Built:\n${built.join('\n')}`,
    ...found,
  ]
    .filter(Boolean)
    .join('\n\n')
}

function riskText(
  { config, between, task, steps }: ReleaseFacts,
  touched: string[],
  isNamed: boolean,
  onRed: Release['onRed'],
): string {
  const isTested = stepsBefore(task, steps).some(
    ({ spec, phase }) => phase === 'done' && (spec.run || spec.verify.length > 0),
  )
  const risks = [
    touched.length > 0 && `it touches ${plural(touched.length, 'migration')}: a rollback brings back code, not data`,
    !isTested && 'nothing was built or tested before it',
    between.lost > 0 && 'it does not build on what is running',
    !config.check && 'there is no check: nobody would notice that it is broken',
    !config.rollback && 'there is no rollback',
    config.rollback && onRed === 'rollback' && !isNamed && 'there is no known release to roll back to',
  ].filter((risk) => typeof risk === 'string')
  return `Risk: ${risks.length === 0 ? 'nothing stands out' : risks.join('; ')}.`
}
