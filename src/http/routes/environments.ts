import type { z } from 'zod'
import type { PlacedEnvironment } from '../../config/environments-in.ts'
import { actorText } from '../../core/actors.ts'
import { environmentId, newEnvironment } from '../../core/deploy/deployment.ts'
import { missingText, releaseName } from '../../core/deploy/words.ts'
import type { EnvironmentView } from '../../daemon/api/environment-views.ts'
import { showUnseen } from '../../text/unseen.ts'
import { askAll } from '../machines/ask-all.ts'
import type { Parts } from '../parts.ts'
import { iso, isoOrNull } from '../present/moment.ts'
import { defineRoute, type Route } from '../route.ts'
import { environmentList } from '../schemas/environments.ts'

/** What runs where. */
export function environmentRoutes(parts: Pick<Parts, 'api' | 'environments' | 'machines'>): Route[] {
  const { api, environments = [] } = parts
  return [
    defineRoute({
      method: 'get',
      path: '/api/environments',
      access: 'token',
      summary: 'What runs in each environment, since when, by whom, and what was deployed there',
      answers: {
        200: {
          description: 'Every environment that is configured, then those that were and had deployments',
          schema: environmentList,
        },
      },
      handle: async ({ req }) => {
        const here = placed(api.view.environments(), environments).map(shownEnvironment)
        const { answers, away } = await askAll(parts, req, environmentList)
        const there = answers.flatMap(({ machine, answer }) => answer.environments.map((one) => ({ ...one, machine })))
        return {
          json: {
            environments: merged(here, there, {
              ...{ configured: environments, listening: api.view.elsewhere()?.listening ?? {} },
            }),
            ...(away.length > 0 && { machines_away: away }),
          },
        }
      },
    }),
  ]
}

interface Placed extends EnvironmentView {
  configured?: PlacedEnvironment['environment']
}

/** As they are configured, also those that nothing was deployed to yet; what is no longer configured comes last. */
function placed(known: readonly EnvironmentView[], configured: readonly PlacedEnvironment[]): Placed[] {
  const idOf = ({ queue, environment }: PlacedEnvironment) => environmentId(queue, environment.name)
  const ids = new Set(configured.map(idOf))
  return [
    ...configured.map((one) => ({
      ...(known.find(({ environment }) => environment.id === idOf(one)) ?? {
        environment: newEnvironment(one.queue, one.environment.name),
        deployments: [],
        waiting: [],
      }),
      configured: one.environment,
    })),
    ...known.filter(({ environment }) => !ids.has(environment.id)),
  ]
}

type Shown = z.output<typeof environmentList>['environments'][number]

/** Each environment once: as the machine shows it that runs the pipelines of its project, which alone knows how it is now. */
function merged(
  here: Shown[],
  there: Shown[],
  { configured, listening }: { configured: readonly PlacedEnvironment[]; listening: Readonly<Record<string, string>> },
): Shown[] {
  const sourceOf = (one: Shown) =>
    configured.find(({ queue, environment }) => queue === one.project && environment.name === one.name)?.source ?? ''
  const isSame = (one: Shown) => (other: Shown) => one.project === other.project && one.name === other.name
  const ofHolder = (one: Shown) =>
    there.find((other) => isSame(one)(other) && other.machine === listening[sourceOf(one)])
  const others = there.filter((one, index) => !here.some(isSame(one)) && there.findIndex(isSame(one)) === index)
  return [...here, ...others].map((one) => ofHolder(one) ?? one)
}

const see = (words: string): string => showUnseen(words).text

function shownEnvironment({ environment, deployments, waiting, configured }: Placed): Shown {
  const { name, queue, runs, isRed, missing, locked, frozen } = environment
  return {
    name,
    project: queue,
    is_configured: configured !== undefined,
    branches: (configured?.branches ?? []).map(see),
    approve: (configured?.approve ?? []).map(see),
    url: configured?.url ?? null,
    summary: see(missingText(environment)),
    runs: runs
      ? { sha: runs.sha, release: runs.release ?? null, since: iso(runs.since), by: see(actorText(runs.by)) }
      : null,
    is_red: isRed === true,
    missing: missing ? { sha: missing.sha, since: iso(missing.since), why: see(missing.why) } : null,
    locked: locked ? see(locked.why) : null,
    frozen: frozen ? { why: see(frozen.why), by: see(actorText(frozen.by)), until: isoOrNull(frozen.until) } : null,
    waiting: waiting.map(({ runId, sha, branch, isAsked }) => ({
      ...{ session_id: runId, sha, branch: see(branch), is_asked: isAsked },
    })),
    deployments: deployments.map((one) => ({
      ...{ id: one.id, session_id: one.runId, kind: one.kind, sha: one.sha, branch: see(one.branch), step: one.step },
      by: see(actorText(one.by)),
      approved_by: one.approvedBy.map((by) => see(actorText(by))),
      started_at: iso(one.startedAt),
      ended_at: isoOrNull(one.endedAt),
      previous: one.previous ? releaseName(one.previous) : null,
      why: one.why === undefined ? null : see(one.why),
      break_glass: one.breakGlass ? see(one.breakGlass.why) : null,
    })),
  }
}
