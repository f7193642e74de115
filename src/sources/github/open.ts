import { join } from 'node:path'
import type { GitHubConfig, ProjectConfig } from '../../config/types.ts'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import { LISTENS_ALONE } from '../../core/source-lease.ts'
import type { Actor } from '../../core/types.ts'
import type { StatusView } from '../../daemon/api/views.ts'
import { newRunId } from '../../daemon/ids.ts'
import { type GitHub, openGitHub } from '../../github/client.ts'
import { GitHubError } from '../../github/errors.ts'
import type { PullPlace } from '../../github/find-pull.ts'
import { remoteOf } from '../../github/remote.ts'
import { createRounds, type Rounds, type Watcher } from '../../github/rounds.ts'
import type { GitHubState } from '../../github/state.ts'
import { apiUrlOf, findToken, serverOf } from '../../github/token.ts'
import { type WatchPullsPorts, watchPulls } from '../../github/watch-pulls.ts'
import { lazy } from '../../lazy.ts'
import { newFenceName } from '../../text/as-data.ts'
import { type Destination, eitherOf } from '../../workspace/destination.ts'
import type { Source } from '../source.ts'
import { hintAt, type TrackedProject, type TrackPorts } from '../track.ts'
import { userWords } from '../user-words.ts'
import { createAnswers } from './answers.ts'
import { createAttend } from './attend.ts'
import { createGitHubCommand } from './commands.ts'
import { createDecisions } from './decisions.ts'
import { type ShowDeploymentsPorts, type ShownDeployments, showDeployments } from './deployments.ts'
import { createPulls } from './destination.ts'
import { type MendedStep, openFixPull } from './fix-pull.ts'
import { createMend, type MendPorts } from './mendings.ts'
import { MOST_PICTURE_BYTES, PICTURE_HOSTS } from './pictures.ts'
import { type Records, recordsIn } from './record.ts'
import { createIssueSource } from './source.ts'
import { takeOverIssues } from './take-over.ts'
import { createTakeUp } from './take-up.ts'
import { createTicketPulls } from './ticket-pulls.ts'
import { ticketWorksIn } from './ticket-works.ts'
import { writesWhileListening } from './writes-while-listening.ts'

/** How GitHub is reached. */
export interface GitHubAccess {
  /** Absent: that of the program gh. */
  token: string | undefined
  /** Absent: GitHub's own. */
  apiUrl: string | undefined
  version: string
  /** False only where nobody minds: writes come as fast as they can. */
  spaced?: boolean
}

/** What the issues of a project need from the rest of Baton. */
export interface ProjectGitHubPorts {
  project: Pick<ProjectConfig, 'name' | 'path' | 'budget' | 'approval'>
  config: GitHubConfig
  home: string
  access: GitHubAccess
  env: Readonly<Record<string, string | undefined>>
  state: GitHubState
  now: () => number
  redact: (text: string) => string
  /** Baton is about to end. */
  stopping: AbortSignal
  /** What reviews and merges run; `spent` hears what Claude cost, USD. */
  programs: (spent: (usd: number) => Promise<void>) => Promise<WatchPullsPorts['programs']>
}

/** A project's repository on GitHub: a source of tasks, and where their work goes. */
export interface ProjectGitHub extends TrackedProject {
  source: Source
  destination: Destination
  /** The pull request that the work on a ticket came to; by its run. */
  pullOf: (runId: string) => PullPlace | undefined
  /** Looks at the repository again and again, or once. Throws GitHubError where there is no token. */
  rounds: (ports: TrackPorts) => Promise<Rounds & { takenOver: () => void }>
  /** Opens the pull request of what Claude mended in a step of a pipeline; gives its address. Throws with words for people. */
  openFix: (mended: MendedStep) => Promise<string>
  /** Shows what is deployed, from now on. */
  showDeployments: (ports: ShowDeploymentsPorts) => Promise<ShownDeployments>
  /** What a person wants of it on another surface than GitHub, while it is looked at; `id`: of the command. */
  command: (text: string, by: Actor, id: number) => Promise<Reply>
}

/** Opens it; GitHub hears nothing before something is needed from there. */
export function openProjectGitHub(ports: ProjectGitHubPorts): Omit<ProjectGitHub, 'place'> {
  const { project, config, access, state, env, now, redact } = ports
  const apiUrl = apiUrlOf(access.apiUrl)
  const records = recordsIn(state)
  const works = ticketWorksIn(state)
  const opened = lazy(async (): Promise<{ github: GitHub; token: string }> => {
    const found = await findToken(access.token, { apiUrl, env })
    if (!found)
      throw new GitHubError(
        'unauthorized',
        'There is no token for GitHub: set GITHUB_TOKEN in .env, or log in with "gh auth login".',
      )
    const { token } = found
    const { version, spaced = true } = access
    return { token, github: openGitHub({ ...{ repo: config.repo, token, apiUrl }, version, state, now, spaced }) }
  })
  const [owner = '', repo = ''] = config.repo.split('/')
  const reached = async () => {
    const { github, token } = await opened()
    return { github, remote: remoteOf({ apiUrl, token, owner, repo }) }
  }
  let command: ProjectGitHub['command'] | undefined
  return {
    command: async (text, by, id) =>
      (await command?.(text, by, id)) ??
      notPossible('Baton does not check GitHub yet: start the daemon (npm start), with a token that works.'),
    openFix: async (mended) => {
      const { github } = await opened()
      return openFixPull({ ...{ github, state, redact, now }, stopping: ports.stopping }, mended)
    },
    showDeployments: async (given) =>
      showDeployments({ github: async () => (await opened()).github, ...{ state, redact, now } }, given),
    source: createIssueSource({
      github: async () => (await opened()).github,
      state,
      records,
      words: () => userWords(join(ports.home, 'prompts', 'implement.md')),
    }),
    pullOf: (runId) => works.get(runId).pull,
    destination: eitherOf(
      createPulls({
        github: reached,
        from: async () => ({
          ...{ server: serverOf(apiUrl), token: (await opened()).token },
          ...{ hosts: PICTURE_HOSTS, maxBytes: MOST_PICTURE_BYTES },
        }),
        ...{ state, records, redact, now, stopping: ports.stopping },
      }),
      createTicketPulls({
        ...{ github: reached, state, works, branch: config.branch, redact, now, stopping: ports.stopping },
      }),
    ),
    async rounds({ api, note, spent, lease = LISTENS_ALONE, onError }) {
      const { github: anywhere, token } = await opened()
      const github = writesWhileListening(anywhere, lease)
      const isPhoneOnly = project.approval.from === 'phone'
      const issuePorts = {
        github,
        state,
        records,
        config,
        isPhoneOnly,
        queue: project.name,
        api,
        redact,
        now,
        note,
        newRunId: () => newRunId(now()),
      }
      const takeUp = createTakeUp(issuePorts)
      const issues: Watcher = {
        issues: takeUp.issues,
        comments: createAnswers(issuePorts).comments,
        also: createAttend(issuePorts, takeUp).also,
      }
      const { label, pollMs } = config
      const decisionPorts = {
        ...{ state, api, queue: project.name, repo: config.repo },
        newRunId: () => newRunId(now()),
      }
      const pulls = watchPulls({
        ...{ github, state, redact, now, onError, folder: project.path, isPhoneOnly },
        ...{ review: config.review, merge: config.merge, bots: config.bots },
        remote: remoteOf({ apiUrl, token, owner, repo }),
        issuesOf: (number) => records.all().flatMap((one) => (one.record.pull?.number === number ? [one.number] : [])),
        programs: await ports.programs(spent),
        decide: createDecisions(decisionPorts),
        mend: createMend({
          ...decisionPorts,
          newFence: newFenceName,
          purposeOf: (number) => purposeOf(records, number),
        }),
        words: async () => userWords(join(ports.home, 'prompts', 'review.md')),
        mayStart: () => mayAskClaude(api.view.status(project.name), project.budget),
      })
      const rounds = createRounds({
        ...{ github, state, label, watchers: [issues, pulls], pollMs, listening: lease, now, onError },
      })
      const hint = () => hintAt(lease, rounds)
      // What a person wants by name is done wherever it is said; what follows from it is for whoever listens.
      command = createGitHubCommand({ ...issuePorts, github: anywhere, pulls, lease, hint })
      return {
        ...rounds,
        takenOver: () => takeOverIssues(issuePorts),
        async once() {
          await rounds.once()
          await pulls.idle()
        },
        async finish() {
          await rounds.finish()
          await pulls.idle()
          await pulls.stop()
        },
        async stop() {
          await Promise.all([rounds.stop(), pulls.stop()])
        },
      }
    },
  }
}

/** What the issues of a pull request said when they were taken up. */
function purposeOf(records: Records, pull: number): ReturnType<MendPorts['purposeOf']> {
  const issues = records.all().filter(({ record }) => record.pull?.number === pull)
  return {
    said: issues.flatMap(({ number, record: { snapshot } }) =>
      snapshot
        ? [{ about: `issue ${number}, what the pull request is for`, text: `${snapshot.title}\n\n${snapshot.body}` }]
        : [],
    ),
    runIds: issues.flatMap(({ record: { runId } }) => runId ?? []),
  }
}

/** What holds tasks holds reviews: a pause, a usage limit, and the end of the day's budget. */
function mayAskClaude(
  { paused, hold, todayUsd, dayBudgetUsd }: StatusView,
  { dayUsd }: ProjectConfig['budget'],
): boolean {
  const ceiling = dayBudgetUsd ?? dayUsd
  return !paused && !hold && (ceiling === undefined || todayUsd < ceiling)
}
