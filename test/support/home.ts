import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Config } from '../../src/config/types.ts'
import type { Step } from '../../src/core/next.ts'
import type { Actor, Ask, BatonEvent } from '../../src/core/types.ts'
import type { Artifacts } from '../../src/daemon/api/artifacts.ts'
import type { Runner } from '../../src/daemon/runner-types.ts'
import type { GitHubAccess, ProjectGitHub } from '../../src/sources/github/open.ts'
import type { JiraLogin, ProjectJira } from '../../src/sources/jira/open.ts'
import { openRehearsedApp, type TestApp } from './rehearsed-app.ts'

export const ANNA: Actor = { surface: 'terminal', id: 'anna', name: 'anna' }

/** A folder with task files, where Baton lives for one test. */
export interface Home {
  dir: string
  write: (path: string, text: string) => void
  read: (path: string) => string
  git: (...args: string[]) => string
  /** Makes it a repository of Anna's, with all that is there as the first commit of `main`. */
  repository: () => void
  /** Opens Baton on it with the rehearsal agent in Claude's place. */
  open: (options?: {
    attended?: boolean
    begin?: boolean
    change?: (config: Config) => void
    env?: Record<string, string>
    gitHub?: GitHubAccess
    jira?: JiraLogin
  }) => Promise<OpenHome>
  remove: () => void
  /** Ends whatever was opened on it, and removes it. */
  close: () => Promise<void>
}

/** An open Baton with what a test needs to drive it. */
export interface OpenHome {
  runner: Runner
  artifacts: Artifacts
  store: TestApp['store']
  gitHub: ReadonlyMap<string, ProjectGitHub>
  jira: ReadonlyMap<string, ProjectJira>
  events: BatonEvent[]
  errors: unknown[]
  start: (command?: { autoApprove?: boolean; files?: string[] }) => Promise<string>
  /** Settles once an event of that type has come (also an earlier one, from `after` on). */
  event: (type: BatonEvent['type'], match?: (event: BatonEvent) => boolean) => Promise<BatonEvent>
  ask: (kind?: Ask['kind']) => Promise<Ask>
  answer: (ask: Ask, words: string) => Promise<void>
  rest: () => Promise<Step>
  status: () => string[]
}

const LIMIT_MS = 30_000

/** Makes a temporary home; `config` is the text of its config.yaml. */
export function createHome(tasks: string, config = ''): Home {
  const dir = mkdtempSync(join(tmpdir(), 'baton-home-'))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  write('tasks/today.md', tasks)
  write('config.yaml', config)
  write('.gitignore', '.baton/\nlogs/\nsessions/\n')
  const opened: Runner[] = []
  const home: Home = {
    dir,
    write,
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    git: (...args) =>
      execFileSync('git', ['-c', 'user.name=Anna', '-c', 'user.email=anna@example.org', ...args], {
        cwd: dir,
        encoding: 'utf8',
      }),
    repository() {
      home.git('init', '-q', '-b', 'main')
      home.git('config', 'user.name', 'Anna')
      home.git('config', 'user.email', 'anna@example.org')
      home.git('add', '-A')
      home.git('commit', '-qm', 'start')
    },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
    async close() {
      for (const runner of opened) await runner.stop()
      home.remove()
    },
    async open({ attended = true, begin = true, change, env = {}, gitHub, jira } = {}) {
      const errors: unknown[] = []
      const { app } = await openRehearsedApp(dir, {
        ...{ kind: 'tasks', attended, env, errors },
        ...(change && { change }),
        ...(gitHub && { gitHub }),
        ...(jira && { jira }),
      })
      opened.push(app.runner)
      const { runner, artifacts, store } = app
      return { ...drive(runner, artifacts, errors, begin), store, gitHub: app.gitHub, jira: app.jira }
    },
  }
  return home
}

function drive(
  runner: Runner,
  artifacts: Artifacts,
  errors: unknown[],
  begin: boolean,
): Omit<OpenHome, 'store' | 'gitHub' | 'jira'> {
  const events: BatonEvent[] = []
  const waiting = new Set<() => void>()
  runner.api.follow((event) => {
    events.push(event)
    for (const look of waiting) look()
  })
  const until = <T>(what: string, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          done(() =>
            reject(new Error(`${what} did not come; seen: ${events.map((e) => e.type).join(' ')} ${errors.join()}`)),
          ),
        LIMIT_MS,
      )
      const done = (end: () => void) => {
        clearTimeout(timer)
        clearInterval(poll)
        waiting.delete(look)
        end()
      }
      const look = () => {
        const found = find()
        if (found !== undefined) done(() => resolve(found))
      }
      const poll = setInterval(look, 50)
      waiting.add(look)
      look()
    })
  if (begin) runner.begin()
  return {
    runner,
    artifacts,
    events,
    errors,
    async start(command = {}) {
      const reply = await runner.api.submit({ type: 'start', ...command }, ANNA)
      if (!reply.ok) throw new Error(reply.text)
      return String(reply.data?.runId)
    },
    event: (type, match = () => true) => until(type, () => events.find((event) => event.type === type && match(event))),
    ask: (kind) =>
      until(`ask ${kind ?? ''}`, () =>
        runner.api.view.openAsks().find((ask) => kind === undefined || ask.kind === kind),
      ),
    async answer(ask, words) {
      const reply = await runner.api.submit(
        { type: 'words', target: { askId: ask.id, hash: ask.hash }, text: words },
        ANNA,
      )
      if (!reply.ok) throw new Error(reply.text)
    },
    async rest() {
      for (;;) {
        const step = await runner.idle()
        if (step.do === 'rest') return step
        await until('a rest', () => (runner.api.view.status().run?.endedAt !== undefined ? true : undefined))
      }
    },
    status: () => {
      const run = runner.api.view.latestRun()
      return run ? runner.api.view.tasks(run.id).map((task) => task.status) : []
    },
  }
}
