import type { Logger } from 'pino'
import { holdChanged } from '../assistant/hold-changed.ts'
import { callerOf } from '../claude/process/peer.ts'
import { API_TOKEN_FILE, apiTokenOf } from '../config/api-token.ts'
import { environmentsIn } from '../config/environments-in.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import { overHttp } from '../core/actors.ts'
import type { BatonEvent } from '../core/types.ts'
import { knownAttempts } from '../daemon/known-attempts.ts'
import { tasksToContinue } from '../daemon/to-continue.ts'
import { privateFolder } from '../files/private.ts'
import { createHttpServer, type HttpServer } from '../http/server.ts'
import { createElsewhere } from '../machines/elsewhere.ts'
import type { Membership } from '../machines/member.ts'
import { startHeartbeat } from '../notify/heartbeat.ts'
import { redactor } from '../redact/redact.ts'
import { createAway } from '../schedule/away.ts'
import { createSchedule } from '../schedule/schedule.ts'
import { findTaskFiles, shownPath } from '../sources/files/find-files.ts'
import { trackProjects } from '../sources/track.ts'
import type { Holder } from '../store/lock.ts'
import { type Assistant, createAssistant } from './assistant.ts'
import { startNotifying } from './notifying.ts'
import { openApp } from './open-app.ts'

/** What the daemon is started with. */
export interface DaemonOptions {
  config: Config
  secrets: Secrets
  secretValues: string[]
  env: Readonly<Record<string, string | undefined>>
  version: string
  log: Logger
  /** A line for the person at the terminal. */
  say: (text: string) => void
}

/** The running daemon. */
export interface Daemon {
  /** Where HTTP listens; absent when it is turned off. */
  url?: string
  /** A link that opens the dashboard, once. */
  link?: () => string
  /** How many tasks of what was open when Baton ended are continued. */
  left: number
  /** Whether all that should be alive is. */
  isWell: () => boolean
  /** Ends everything in reverse order; once. */
  stop: () => Promise<void>
}

/** Starts the app and what surrounds it; what was open resumes. Gives who holds the state. Throws StoreError, or for a port in use. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon | { holder: Holder }> {
  const { config, secrets, env, version, log } = options
  privateFolder(config.stateDir)
  const apiToken = apiTokenOf(config.stateDir, secrets.apiToken)
  const secretValues = [...options.secretValues, apiToken]
  const redact = redactor(secretValues)
  const onError = (error: unknown) => log.error({ err: error }, 'Something failed')
  const onTrouble = (text: string) => {
    log.warn(text)
    options.say(redact(text))
  }
  let http: HttpServer | undefined
  let told: Assistant | undefined
  let member: Membership | undefined
  const elsewhere = createElsewhere(config, secrets.databaseUrl === undefined ? undefined : () => member)
  const loadAlso = () => http?.routes() ?? Promise.resolve()
  const opened = await openApp({
    ...{ config, secretValues, kind: 'daemon' as const, attended: true, env, loadAlso },
    gitHub: { token: secrets.githubToken, apiUrl: secrets.githubApiUrl, version },
    jira: { url: secrets.jiraUrl, email: secrets.jiraEmail, token: secrets.jiraToken },
    ...(secrets.apiToken === undefined && { alsoInState: { [API_TOKEN_FILE]: `${apiToken}\n` } }),
    elsewhere: elsewhere.of,
    onStateLost: (text) => void told?.messengers?.alarm(redact(text)),
    ...{ onTrouble, onError },
  })
  if ('holder' in opened) return opened
  const { runner, artifacts, store, report } = opened
  const { api } = runner
  const releases: (() => Promise<void> | void)[] = [() => runner.stop()]
  const stop = async () => {
    for (const release of releases.splice(0).reverse()) await release()
  }
  try {
    releases.push(api.follow((event) => logEvent(log, event)))
    const note = (text: string, { queue, data }: { queue: string; data?: Record<string, unknown> }) =>
      runner.note(queue, text, data)

    const warn = (text: string) => log.warn(text)
    releases.push(startNotifying({ app: opened, config, secrets, redact, version, warn, onError }))

    const sharing = secrets.databaseUrl && (await import('../machines/sharing.ts')).openSharing(store, onError)
    const share = sharing ? { share: sharing.source } : {}
    const schedule = createSchedule({
      ...share,
      review: holdChanged({ config, look: opened.lookAtTaskFiles, tellCard: () => told?.messengers?.tellCard }),
      entries: config.schedule,
      home: config.home,
      api,
      meta: store.kept,
      note,
      now: Date.now,
      onError,
    })

    const assistant = await createAssistant({
      ...(sharing && { machines: sharing.bots }),
      config,
      secrets,
      app: opened,
      nextStarts: schedule.next,
      dashboardLink: (by) => http?.oneTimeLink(overHttp(by)),
      redact,
      log,
      say: options.say,
      version,
      env,
      note,
      onError,
    })
    told = assistant
    // Before the schedule, whose starts may have been missed for it.
    const away = createAway({
      ...{ kept: store.kept, note, queue: config.projects[0].name, now: Date.now, onError },
      ...(config.timezone !== undefined && { timezone: config.timezone }),
    })
    away.start()
    releases.push(away.stop)
    schedule.start()
    releases.push(() => schedule.stop())
    const track = (name: string, projects: Parameters<typeof trackProjects>[0]['projects']) =>
      trackProjects({ ...{ name, projects, runner, ...share }, onTrouble, onError })
    const gitHub = track('GitHub', opened.gitHub)
    const jira = track('Jira', opened.jira)
    const { messengers } = assistant
    if (config.http.enabled) {
      http = await createHttpServer({
        api,
        config,
        apiToken,
        ...(secrets.webhookSecret !== undefined && { webhookSecret: secrets.webhookSecret }),
        ...(secrets.githubWebhookSecret !== undefined && {
          gitHubHook: {
            ...{ secret: secrets.githubWebhookSecret, isNew: opened.isNewDelivery, hint: gitHub.hint },
            ...(opened.pipelines && { pushed: opened.pipelines.pushed }),
          },
        }),
        environments: environmentsIn(config),
        gitHubRepo: (queue) => config.projects.find(({ name }) => name === queue)?.github?.repo,
        version,
        ...(sharing && { machines: sharing.across }),
        health: runner.health,
        ...(messengers && { chatHealth: messengers.health }),
        diff: async ({ runId, number }) => {
          const task = api.view.task(runId, number)
          const diff = task && (await artifacts.diff(task.id))
          return diff?.ok ? { patch: diff.patch.toString('utf8'), truncated: diff.truncated } : undefined
        },
        report,
        taskFiles: async () =>
          config.projects.flatMap((project) =>
            findTaskFiles(config.home, project.tasks).map((path) => shownPath(config.home, path)),
          ),
        callerOf: (connection) => callerOf(connection, knownAttempts(store.read)),
        redact,
        now: Date.now,
        log,
      })
      releases.push(() => http?.close())
    }
    if (messengers) {
      messengers.start()
      releases.push(messengers.stop)
    }
    assistant.start()
    releases.push(assistant.stop)
    runner.begin()
    releases.push(gitHub.start(), jira.start())
    if (opened.pipelines) releases.push(opened.pipelines.start((queue, text) => runner.note(queue, text), share.share))
    if (sharing && secrets.databaseUrl !== undefined) {
      member = sharing.join({
        ...{ url: secrets.databaseUrl, config, version, runner, store, onError, noteDone: elsewhere.noteDone },
        onTrouble: (text) => note(redact(text), { queue: config.projects[0].name, data: { about: 'machines' } }),
      })
      releases.push(member.stop)
    }
    const isWell = () =>
      runner.health().worker === 'ok' && Object.values(messengers?.health() ?? {}).every(({ ok }) => ok)
    if (config.heartbeat !== undefined) {
      const onTrouble = (why?: string) =>
        log.warn(why === undefined ? 'Heartbeat pings arrive again.' : `A heartbeat ping failed: ${why}`)
      releases.push(startHeartbeat({ ...config.heartbeat, isWell, fetch, onTrouble }))
    }
    return {
      ...(http && { url: http.url, link: () => (http as HttpServer).oneTimeLink() }),
      left: tasksToContinue(api.view, config.projects),
      isWell: () => runner.health().worker === 'ok',
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function logEvent(log: Logger, event: BatonEvent): void {
  const { type, text, at: _, ...about } = event
  log.info({ type, ...about }, text)
}
