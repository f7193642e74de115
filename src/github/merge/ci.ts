import type { GitHub } from '../client.ts'
import { isTrouble } from '../errors.ts'

/** One thing that ran on a commit, as whichever system of GitHub's tells of it. */
export interface CiRun {
  name: string
  state: 'good' | 'red' | 'pending'
  url?: string | undefined
  /** What it says of itself. */
  words?: string | undefined
}

/** All that is known of a commit's CI. */
export interface CiFacts {
  runs: CiRun[]
  /** Names that the base branch demands; undefined: the token may not ask. */
  required: string[] | undefined
  /**
   * What the token may not read. Fine-grained tokens have no permission for check runs: runs of workflows stand in their place then.
   */
  unread: ('the check runs' | 'the commit statuses')[]
  /** `clean`, `blocked` …, as GitHub sums it up. */
  mergeableState: string
  /** The base takes merges through a queue only. */
  hasQueue: boolean
  /** The commit of the base branch; undefined: the token may not ask. */
  baseCommit: string | undefined
}

export type CiVerdict =
  | { kind: 'green'; names: string[] }
  | { kind: 'pending'; names: string[] }
  | { kind: 'red'; runs: CiRun[] }
  /** Not green, and nothing will come of waiting. */
  | { kind: 'unclear'; why: string }

/** What CI says. In doubt it is not green: a required check that never came is not, and neither is what could not be read. */
export function judgeCi({ runs, required, unread, mergeableState }: CiFacts): CiVerdict {
  const red = runs.filter(({ state }) => state === 'red')
  if (red.length > 0) return { kind: 'red', runs: red }
  const pending = runs.filter(({ state }) => state === 'pending').map(({ name }) => name)
  const names = new Set(runs.map(({ name }) => name))
  const isPartial = unread.length > 0
  // Runs of workflows are not called like the checks that they report.
  const missing = isPartial ? [] : (required ?? []).filter((name) => !names.has(name))
  const waiting = [...new Set([...pending, ...missing])]
  if (waiting.length > 0) return { kind: 'pending', names: waiting }
  if (mergeableState === 'unknown')
    return { kind: 'pending', names: ['GitHub is still working out whether it can be merged'] }
  if (isPartial || required === undefined) {
    if (mergeableState === 'clean' || mergeableState === 'has_hooks') return { kind: 'green', names: [...names] }
    const lacks = isPartial ? unread.join(' and ') : 'the rules of the base branch'
    return {
      kind: 'unclear',
      why: `the token may not read ${lacks}, and GitHub does not call the pull request clean but "${mergeableState}". A classic token with the scope "repo" may read all.`,
    }
  }
  return { kind: 'green', names: [...names] }
}

const GOOD = new Set(['success', 'neutral', 'skipped'])

type Reading = GitHub['again']

/** Asks GitHub for all of it; free while nothing changes, since checks may run for hours. */
export async function readCi(
  { again: github }: Pick<GitHub, 'again'>,
  { sha, base, mergeableState }: { sha: string; base: string; mergeableState: string },
): Promise<CiFacts> {
  const statuses = await commitStatuses(github, sha)
  const [checks, isWhole] = await checkRuns(github, sha)
  const rules = await readRules(github, base)
  const unread: CiFacts['unread'] = [
    ...(isWhole ? [] : (['the check runs'] as const)),
    ...(statuses ? [] : (['the commit statuses'] as const)),
  ]
  return { runs: [...(statuses ?? []), ...checks], unread, mergeableState, ...rules }
}

/** Undefined where the token may not read them. */
async function commitStatuses(github: Reading, sha: string): Promise<CiRun[] | undefined> {
  try {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/status'
    // With none at all its own state is "pending", which says nothing.
    const { statuses } = await github.read(route, { ref: sha, per_page: 100 })
    return statuses.map(({ context, state, target_url: url, description }) => ({
      name: context,
      state: state === 'success' ? 'good' : state === 'pending' ? 'pending' : 'red',
      url: url ?? undefined,
      words: description ?? undefined,
    }))
  } catch (error) {
    if (isTrouble(error, 'forbidden', 'missing')) return undefined
    throw error
  }
}

/** And whether they are all that there are. */
async function checkRuns(github: Reading, sha: string): Promise<[CiRun[], boolean]> {
  try {
    const { check_runs: runs, total_count: count } = await github.read(
      'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
      { ref: sha, per_page: 100 },
    )
    const read = runs.map(
      ({ name, status, conclusion, html_url: url, output }): CiRun => ({
        name,
        state: stateOf(status, conclusion),
        url: url ?? undefined,
        words: [output.title, output.summary, output.text].filter(Boolean).join('\n') || undefined,
      }),
    )
    if (count <= runs.length) return [read, true]
    // Nobody reads a hundred; what is not seen is not called green.
    return [[...read, { name: `${count - runs.length} more checks`, state: 'pending' }], true]
  } catch (error) {
    if (!isTrouble(error, 'forbidden', 'missing')) throw error
  }
  try {
    const { workflow_runs: runs } = await github.read('GET /repos/{owner}/{repo}/actions/runs', {
      head_sha: sha,
      per_page: 100,
    })
    const read = runs.map(
      ({ name, status, conclusion, html_url: url }): CiRun => ({
        name: name ?? 'a workflow',
        state: stateOf(status, conclusion),
        url,
      }),
    )
    return [read, false]
  } catch (error) {
    if (isTrouble(error, 'forbidden', 'missing')) return [[], false]
    throw error
  }
}

function stateOf(status: string | null, conclusion: string | null): CiRun['state'] {
  if (status !== 'completed') return 'pending'
  return GOOD.has(conclusion ?? '') ? 'good' : 'red'
}

async function readRules(
  github: Reading,
  branch: string,
): Promise<Pick<CiFacts, 'required' | 'hasQueue' | 'baseCommit'>> {
  try {
    const rules = await github.all('GET /repos/{owner}/{repo}/rules/branches/{branch}', { branch })
    const required = rules.flatMap((rule) =>
      rule.type === 'required_status_checks'
        ? (rule.parameters?.required_status_checks ?? []).map(({ context }) => context)
        : [],
    )
    // Those of the older kind of protection.
    const { protection, commit } = await github.read('GET /repos/{owner}/{repo}/branches/{branch}', { branch })
    return {
      required: [...new Set([...required, ...(protection?.required_status_checks?.contexts ?? [])])],
      hasQueue: rules.some(({ type }) => type === 'merge_queue'),
      baseCommit: commit.sha,
    }
  } catch (error) {
    if (isTrouble(error, 'forbidden', 'missing')) return { required: undefined, hasQueue: false, baseCommit: undefined }
    throw error
  }
}
