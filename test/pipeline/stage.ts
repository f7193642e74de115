import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Deployment, KnownEnvironment } from '../../src/core/deploy/deployment.ts'
import type { Actor, Ask, BatonEvent, Task } from '../../src/core/types.ts'
import { serverOf } from '../../src/github/token.ts'
import type { GitHubAccess } from '../../src/sources/github/open.ts'
import type { RepoHands } from '../support/github/world.ts'
import { openRehearsedApp, type TestApp } from '../support/rehearsed-app.ts'

const LIMIT_MS = 250_000

export const OPS: Actor = { surface: 'telegram', id: '42', name: 'Ben' }
export const DEV: Actor = { surface: 'telegram', id: '7', name: 'Dora' }

/** An environment that nobody has to approve, for a config.yaml. */
export const QA = `environments:
  qa:
    branches: [main]
    deploy: ./deploy.sh
    check: {url: "SERVICE/", contains: $SHA, every: 100ms, within: 400ms}
    rollback: ./deploy.sh $PREVIOUS_SHA
    env: [LIVE]
`

/** A page that says which commit runs; a commit whose app.txt is not "ok" answers 500. */
export interface Service {
  url: string
  /** The commit that runs; empty before the first one. */
  sha: () => string
  /** Each start of the deploy script, as it was called. */
  deploys: () => string[]
  close: () => Promise<void>
}

/** A remote, a developer's clone, a home with a clone of its own, and something to deploy to. */
export interface Stage {
  dir: string
  home: string
  project: string
  service: Service
  remote: string
  /** Commits on a branch of the developer's, and pushes; gives the commit. */
  push: (branch: string, files: Record<string, string>, message?: string) => string
  git: (...args: string[]) => string
  write: (path: string, text: string) => void
  /** Opens Baton on the home; its pipelines look at the remote only when `round` is called, unless `begin` says otherwise. */
  open: () => Promise<Running>
  close: () => Promise<void>
}

/** The remote is a repository on the stand-in of GitHub. */
export interface StageOnGitHub {
  repo: RepoHands
  access: GitHubAccess
}

export interface Running {
  app: TestApp
  events: BatonEvent[]
  errors: unknown[]
  notes: string[]
  command: (text: string, by?: Actor) => Promise<{ ok: boolean; text: string; code?: string }>
  /** The first open ask whose title has these words. */
  ask: (words: string) => Promise<Ask>
  answer: (ask: Ask, choice: 'approve' | 'reject', by?: Actor) => Promise<{ ok: boolean; text: string; code?: string }>
  until: <T>(what: string, look: () => T | undefined | false) => Promise<T>
  environment: (name: string) => KnownEnvironment | undefined
  deployments: (name: string) => Deployment[]
  tasks: () => Task[]
  stop: () => Promise<void>
}

/** Where git's own server of repositories has it. */
function overHttp({ repo, access: { apiUrl = '', token = '' } }: StageOnGitHub): string {
  const url = new URL(`${serverOf(apiUrl)}/${repo.row.owner}/${repo.row.name}.git`)
  return Object.assign(url, { username: 'x-access-token', password: token }).href
}

const SCRIPT = `#!/bin/sh
set -e
sha=\${1:-$SHA}
echo "$1 $sha $ENVIRONMENT $DEPLOYMENT_ID" >> "$LIVE/deploys"
if [ -f "$LIVE/slow" ]; then sleep 30; fi
git show "$sha:app.txt" > "$LIVE/app.txt"
echo "$sha" > "$LIVE/sha"
if [ -f "$LIVE/fail" ]; then echo "the platform refuses"; exit 3; fi
`

export async function createStage(
  config: string,
  pipelines: Record<string, string>,
  { files = {}, gitHub }: { files?: Record<string, string>; gitHub?: StageOnGitHub } = {},
): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'baton-pipelines-'))
  const [local, clone, home, live] = ['remote.git', 'dev', 'home', 'live'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ]
  const remote = gitHub?.repo.row.gitDir ?? local
  for (const folder of [home, live]) mkdirSync(folder, { recursive: true })
  const run = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...AUTHOR },
    }).trim()
  if (!gitHub) run(dir, 'init', '--quiet', '--bare', '--initial-branch=main', remote)
  run(dir, 'clone', '--quiet', remote, clone)
  const put = (root: string, path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const git = (...args: string[]) => run(clone, ...args)
  const push: Stage['push'] = (branch, changed, message = `Change ${Object.keys(changed).join(', ')}`) => {
    const exists = run(clone, 'branch', '--list', branch) !== ''
    if (run(clone, 'branch', '--show-current') !== branch || !exists)
      git('checkout', '--quiet', ...(exists ? [] : ['-b']), branch)
    for (const [path, text] of Object.entries(changed)) {
      put(clone, path, text)
      if (path.endsWith('.sh')) chmodSync(join(clone, path), 0o755)
    }
    git('add', '--all')
    git('commit', '--quiet', '--allow-empty', '-m', message)
    git('push', '--quiet', 'origin', branch)
    return git('rev-parse', 'HEAD')
  }
  if (!gitHub) git('checkout', '--quiet', '-b', 'main')
  push('main', { 'app.txt': 'ok\n', 'deploy.sh': SCRIPT, ...files }, 'Begin')
  const project = join(home, 'project')
  run(home, 'clone', '--quiet', remote, project)
  // As from GitHub itself: over HTTP, with a login.
  if (gitHub) run(project, 'remote', 'set-url', 'origin', overHttp(gitHub))
  const service = await serve(live)
  writeFileSync(join(home, 'config.yaml'), `project: project\n${config.replaceAll('SERVICE', service.url)}`)
  writeFileSync(join(home, '.env'), `LIVE=${live}\n`)
  chmodSync(join(home, '.env'), 0o600)
  for (const [name, text] of Object.entries(pipelines)) put(home, `pipelines/${name}`, text)
  const opened: Running[] = []
  return {
    ...{ dir, home, project, service, remote, push, git },
    write: (path, text) => put(dir, path, text),
    async open() {
      const running = await open(home, gitHub?.access)
      opened.push(running)
      return running
    },
    async close() {
      for (const running of opened) await running.stop()
      await service.close()
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const AUTHOR = {
  ...{ GIT_AUTHOR_NAME: 'Dora', GIT_AUTHOR_EMAIL: 'dora@example.org', GIT_COMMITTER_NAME: 'Dora' },
  ...{ GIT_COMMITTER_EMAIL: 'dora@example.org', GIT_CONFIG_GLOBAL: '/dev/null' },
}

async function serve(live: string): Promise<Service> {
  const read = (name: string) => (existsSync(join(live, name)) ? readFileSync(join(live, name), 'utf8').trim() : '')
  const server: Server = createServer((_req, res) => {
    const isWell = read('app.txt') === 'ok'
    res.writeHead(isWell ? 200 : 500, { 'content-type': 'text/plain', connection: 'close' })
    res.end(`running ${read('sha')}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sha: () => read('sha'),
    deploys: () =>
      read('deploys')
        .split('\n')
        .filter((line) => line !== ''),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Makes the deploy script slow, or fail after it has put the commit live. */
export function trouble(stage: Stage, what: 'slow' | 'fail', on = true): void {
  const file = join(stage.dir, 'live', what)
  if (on) appendFileSync(file, '')
  else rmSync(file, { force: true })
}

async function open(home: string, gitHub?: StageOnGitHub['access']): Promise<Running> {
  const errors: unknown[] = []
  const notes: string[] = []
  const { app } = await openRehearsedApp(home, { errors, ...(gitHub && { gitHub }) })
  const events: BatonEvent[] = []
  app.runner.api.follow((event) => events.push(event), 0)
  app.runner.begin()
  const stopPipelines = app.pipelines?.start((queue, text) => {
    notes.push(text)
    app.runner.note(queue, text)
  })
  const { api } = app.runner
  const until: Running['until'] = async (what, look) => {
    const end = Date.now() + LIMIT_MS
    for (;;) {
      const found = look()
      if (found !== undefined && found !== false) return found as never
      if (Date.now() > end)
        throw new Error(
          `${what} did not come. Errors: ${JSON.stringify(errors.map(String))}; notes: ${JSON.stringify(notes)}; events:\n${events
            .map(({ type, text }) => `${type} ${text}`)
            .slice(-30)
            .join('\n')}`,
        )
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  let stopped: Promise<void> | undefined
  return {
    ...{ app, events, errors, notes, until },
    command: (text, by = OPS) => {
      const [type, ...rest] = text.split(' ')
      return api.submit({ type: type as 'deploy', text: rest.join(' ') }, by)
    },
    ask: (words) =>
      until(`an ask “${words}”`, () =>
        api.view.status('pipelines').asks.find(({ title, state }) => state === 'open' && title.includes(words)),
      ),
    answer: ({ id, hash }, choice, by = OPS) =>
      api.submit({ type: 'answer', target: { askId: id, hash }, choice }, by, { queue: 'pipelines' }),
    environment: (name) => app.store.read.environments('pipelines').find((one) => one.name === name),
    deployments: (environment) => app.store.read.deployments({ queue: 'pipelines', environment, limit: 100 }),
    tasks: () => app.store.read.runs({ queue: 'pipelines' }).flatMap(({ id }) => app.store.read.tasks(id)),
    stop: () => {
      stopped ??= (async () => {
        await stopPipelines?.()
        await app.runner.stop()
      })()
      return stopped
    },
  }
}
