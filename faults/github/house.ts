import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { pullHands } from '../../test/support/github/merge-routes.ts'
import { type GitHubServer, startGitHub } from '../../test/support/github/server.ts'
import type { Permission, RepoHands } from '../../test/support/github/world.ts'
import { type Break, brokenBy } from '../break.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { killNow, processesWith, ranNs } from '../processes.ts'

/** What a life is started with. */
export interface GitHubLife {
  dir: string
  apiUrl: string
  token: string
  pollMs: number
  /** Values beside the token that must never be shown. */
  secrets: string[]
}

/** What a life tells of itself when it is asked. */
export interface LifeState {
  runs: { id: string; status: string; ref: string; task: string }[]
  asks: string[]
}

/** A repository on the stand-in, people around it, and a Baton that watches it in lives that end. */
export interface GitHubHouse {
  server: GitHubServer
  repo: RepoHands
  hands: ReturnType<typeof pullHands>
  home: FaultHome
  token: string
  /** What the life printed beside its states. */
  printed: () => string
  /** The last lines of what the agents said. */
  logs: () => string
  /** Begins a life; it ends with the request of that number from now on, before or after that was carried out. */
  begin: () => Promise<void>
  killAt: (request: number, when: 'before' | 'after') => void
  kills: () => number
  hint: () => void
  /** Undefined where the life ended meanwhile. */
  state: () => Promise<LifeState | undefined>
  /** Settles when the first look is over: what was there before it counts as said to others. */
  looked: () => Promise<void>
  /** Changes while anything happens: something is written to GitHub, or a process beside the life itself has a processor. */
  moved: () => string
  /** The folder stays, for whoever looks for a cause; gives where it is. */
  keep: () => string
  /** A life that ended is followed by another. */
  keepAlive: () => Promise<void>
  end: () => Promise<void>
  close: () => Promise<void>
}

export const BOT = 'baton-bot'
const PROGRAM = join(import.meta.dirname, '../programs/github-life.ts')
const AGENT = join(import.meta.dirname, '../programs/github-agent.ts')
const POLL_MS = 250
const UP_WITHIN_MS = 300_000
const ANSWERS_WITHIN_MS = 60_000

/** Opens a house; no life has begun. */
export async function openGitHubHouse(given: {
  breaks: Break | undefined
  people: Record<string, Permission>
  /** The agent does whatever it reads. */
  obeys?: boolean
  /** Lines below `github:` of the configuration. */
  config?: string
  env?: Record<string, string>
  secrets?: string[]
}): Promise<GitHubHouse> {
  const server = await startGitHub()
  const repo = server.repo('acme/app', { people: { ...given.people, [BOT]: 'write' } })
  const token = server.token(BOT)
  const home = createFaultHome('')
  const command = [process.execPath, AGENT, ...(given.obeys ? ['obeys'] : [])]
  home.write(
    'config.yaml',
    `project: work\nretries: 0\nclaude:\n  command: ${JSON.stringify(command)}\ngithub:\n  repo: acme/app\n${given.config ?? ''}`,
  )
  mkdirSync(join(home.dir, 'work'))
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: home.dir,
      env: { PATH: process.env.PATH, HOME: home.dir, GIT_CONFIG_NOSYSTEM: '1' },
    })
  git('clone', '-q', repo.row.gitDir, 'work')
  git('-C', 'work', 'config', 'user.name', 'Anna')
  git('-C', 'work', 'config', 'user.email', 'anna@example.org')
  const life: GitHubLife = {
    ...{ dir: home.dir, apiUrl: server.apiUrl, token, pollMs: POLL_MS, secrets: given.secrets ?? [] },
  }
  let child: ChildProcess | undefined
  let kills = 0
  let printed = ''
  let isKept = false
  let heard: (state: LifeState | undefined) => void = () => undefined
  const countdown: { left: number; when: 'before' | 'after' } = { left: 0, when: 'before' }
  const next = server.faults.next
  server.faults.next = (asked) => {
    if (countdown.left > 0 && --countdown.left === 0 && child) {
      kills++
      child.kill('SIGKILL')
      // Nobody hears the answer any more.
      return { kind: 'reset', when: countdown.when }
    }
    return next(asked)
  }

  const house: GitHubHouse = {
    ...{ server, repo, home, token, hands: pullHands(server.world, repo.row) },
    printed: () => printed,
    logs: () =>
      readdirSync(join(home.dir, 'logs'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => `${name}: ${readFileSync(join(parentPath, name), 'utf8').slice(-600)}`)
        .join('\n'),
    async begin() {
      const broken = brokenBy(given.breaks)
      const started = spawn(process.execPath, [...broken.args, PROGRAM, JSON.stringify(life)], {
        cwd: home.dir,
        env: {
          ...{ PATH: process.env.PATH, HOME: home.dir, GIT_CONFIG_NOSYSTEM: '1', ...home.agentEnv },
          ...broken.env,
          ...given.env,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      child = started
      started.stdin.on('error', () => undefined)
      started.stderr.on('data', (chunk: Buffer) => {
        printed = `${printed}${chunk}`.slice(-20_000)
      })
      const up = Promise.withResolvers<void>()
      const timer = setTimeout(() => up.reject(new Error(`A life did not begin: ${printed}`)), UP_WITHIN_MS)
      createInterface({ input: started.stdout }).on('line', (line) => {
        const told = readLine(line)
        if (told?.up) up.resolve()
        else if (told?.runs) heard(told as never)
        else printed = `${printed}${line}\n`.slice(-20_000)
      })
      started.once('close', () => {
        if (child === started) child = undefined
        up.resolve()
        heard(undefined)
      })
      await up.promise
      clearTimeout(timer)
    },
    killAt(request, when) {
      Object.assign(countdown, { left: request, when })
    },
    kills: () => kills,
    hint: () => void child?.stdin?.write('hint\n'),
    async state() {
      const running = child
      if (!running) return undefined
      const told = new Promise<LifeState | undefined>((resolve) => {
        heard = resolve
        running.stdin?.write('state\n')
      })
      return Promise.race([told, sleep(ANSWERS_WITHIN_MS).then(() => undefined)])
    },
    async looked() {
      // The second one begins after the first has ended.
      const looks = () => server.requests.filter(({ path }) => path.endsWith('/issues/comments')).length
      while (looks() < 2) await sleep(20)
    },
    moved() {
      const others = processesWith('BATON_REHEARSAL_JOURNAL', home.journal).filter((pid) => pid !== child?.pid)
      return [server.writes().length, kills, ...others.map((pid) => `${pid} ${ranNs(pid)}`)].join()
    },
    keep() {
      isKept = true
      return home.dir
    },
    async keepAlive() {
      if (!child) await house.begin()
    },
    async end() {
      const running = child
      countdown.left = 0
      if (!running) return
      const closed = new Promise((resolve) => running.once('close', resolve))
      running.stdin?.write('end\n')
      const timer = setTimeout(() => running.kill('SIGKILL'), ANSWERS_WITHIN_MS)
      await closed
      clearTimeout(timer)
    },
    async close() {
      await house.end()
      killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
      await server.close()
      if (!isKept) home.remove()
    },
  }
  return house
}

/** A line that was cut by a kill is none. */
function readLine(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}
