import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { claudeProgram } from './claude-program.ts'
import { createHome, type Home } from './home.ts'
import { type MessagesApi, type Script, startMessagesApi } from './messages-api.ts'
import { QUIET_CLAUDE } from './quiet-claude.ts'

const BATON = join(import.meta.dirname, '../../bin/baton.js')
const TOKEN = 'token-of-a-test-0123456789abcdef'
const SECRET = 'secret-of-a-test-0123456789'
/** Of one step; a start of the real program can take a minute where others need the processor. */
const LIMIT_MS = 150_000

/** What the tests read of an ask as HTTP shows it. */
export interface ShownAsk {
  id: string
  kind: string
  text: string
  state: string
}

/** What the tests read of a task as HTTP shows it. */
export interface ShownTask {
  status: string
  result: string | null
  asks: ShownAsk[]
  attempt_list: { claude_session: string; outcome: string | null; live: boolean }[]
}

/** The whole of Baton as its user has it: the daemon as a process, driven over HTTP, the real program behind it. */
export interface RealBaton extends AsyncDisposable {
  home: Home
  api: MessagesApi
  /** Starts the daemon, also again after its end. */
  up: (env?: Record<string, string>) => Promise<void>
  /** Ends the daemon in the orderly way. */
  down: () => Promise<void>
  /** Settles when the daemon has ended, however it did. */
  ended: () => Promise<void>
  kill: (what: 'daemon' | 'claude' | 'both') => Promise<void>
  get: <T>(path: string) => Promise<T>
  /** Undefined when the daemon died over it. */
  post: (path: string, body: object) => Promise<unknown>
  run: () => Promise<void>
  /** A command, as the webhooks take them. */
  command: (command: string) => Promise<unknown>
  /** Settles with the only open ask, once it is of this kind and says this. */
  ask: (kind: string, words?: string) => Promise<ShownAsk>
  answer: (ask: ShownAsk, words: string) => Promise<unknown>
  task: (number?: number) => Promise<ShownTask>
  /** Settles once `find` gives something; what it throws meanwhile does not count. */
  until: <T>(what: string, find: () => T | undefined | Promise<T | undefined>) => Promise<T>
  /** Every process of Claude's and what it started, whoever their parents are. */
  processes: () => number[]
}

/** Makes a home with this task file and configuration and the stand-in of the API; nothing is started yet. */
export async function createRealBaton(
  tasks: string,
  config: { claude?: string; more?: string },
  script: Script,
  env: Record<string, string> = { ANTHROPIC_API_KEY: 'sk-ant-test' },
): Promise<RealBaton> {
  const api = await startMessagesApi(script)
  const { claude = '', more = '' } = config
  const home = createHome(tasks, `http:\n  port: 0\nclaude:\n  command: ["${claudeProgram()}"]\n${claude}${more}`)
  home.git('init', '-q')
  const sessions = join(home.dir, 'sessions')
  let child: ChildProcess | undefined
  let closed = Promise.resolve()
  let url = ''
  let printed = ''

  const request = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}${path}`, { ...init, headers })
    const body = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${body}`)
    return JSON.parse(body)
  }
  const processes = () => processesOfHome(sessions).filter((pid) => pid !== child?.pid)
  const killAll = (pids: readonly number[]) => {
    for (const pid of pids) kill(pid)
  }

  const baton: RealBaton = {
    home,
    api,
    async up(more = {}) {
      const started = spawn(process.execPath, [BATON, 'start', '--home', home.dir], {
        cwd: home.dir,
        env: {
          PATH: process.env.PATH,
          HOME: home.dir,
          API_TOKEN: TOKEN,
          WEBHOOK_SECRET: SECRET,
          ANTHROPIC_BASE_URL: api.url,
          CLAUDE_CONFIG_DIR: sessions,
          ...QUIET_CLAUDE,
          ...env,
          ...more,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      url = ''
      let here = ''
      const hear = (chunk: Buffer) => {
        printed += chunk.toString()
        here += chunk.toString()
        url ||= /Dashboard: (http:\/\/[^/\s]+)/.exec(here)?.[1] ?? ''
      }
      started.stdout.on('data', hear)
      started.stderr.on('data', hear)
      closed = new Promise((resolve) => started.once('close', () => resolve()))
      await baton.until('the daemon', () => (url === '' ? undefined : url))
    },
    async down() {
      child?.kill('SIGTERM')
      await closed
    },
    ended: () => closed,
    async kill(what) {
      const daemon = child?.pid
      const claude = processes()
      // In one go, as when the machine dies: neither has time to see the other's end.
      if (what !== 'claude' && daemon !== undefined) kill(daemon)
      if (what !== 'daemon') killAll(claude)
      if (what !== 'claude') await closed
    },
    get: (path) => request(path),
    post: (path, body) =>
      request(path, { method: 'POST', body: JSON.stringify(body) }).catch((error: unknown) => {
        if (error instanceof TypeError) return undefined
        throw error
      }),
    run: async () => void (await baton.post('/api/quick-start', {})),
    command: (command) => baton.post('/webhook/command', { command, secret: SECRET }),
    ask: (kind, words = '') =>
      baton.until(`${kind} ${words}`, async () => {
        const { asks } = await baton.get<{ asks: ShownAsk[] }>('/api/asks')
        return asks.length === 1 ? asks.find((ask) => ask.kind === kind && ask.text.includes(words)) : undefined
      }),
    answer: ({ id }, words) => baton.post(`/api/asks/${id}`, { answer: words }),
    async task(number = 1) {
      const { sessions: runs } = await baton.get<{ sessions: { session_id: string }[] }>('/api/sessions')
      return baton.get(`/api/sessions/${runs[0]?.session_id}/tasks/${number}`)
    },
    async until(what, find) {
      let trouble: unknown
      for (const end = performance.now() + LIMIT_MS; performance.now() < end; ) {
        try {
          const found = await find()
          if (found !== undefined) return found
        } catch (error) {
          trouble = error
        }
        await sleep(50)
      }
      const asked = api.requests.map(({ prompt, toolResults }) => prompt || JSON.stringify(toolResults)).join('\n---\n')
      throw new Error(`${what} did not come (${trouble}).\nPrinted:\n${printed}\nThe service was asked:\n${asked}`)
    },
    processes,
    [Symbol.asyncDispose]: async () => {
      child?.kill('SIGKILL')
      await closed
      killAll(processes())
      await api.close()
      home.remove()
    },
  }
  return baton
}

/** Those that were started with this folder of sessions and are not Baton itself; found without the code under test. */
function processesOfHome(sessions: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const environment = `\0${read(`/proc/${pid}/environ`)}`
      return environment.includes(`\0CLAUDE_CONFIG_DIR=${sessions}\0`) && environment.includes('\0BATON_ATTEMPT=')
    })
    .filter((pid) => !/^[ZX]/.test(read(`/proc/${pid}/stat`).replace(/^.*\) /s, '')))
    .map(Number)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Gone meanwhile.
    return ''
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone meanwhile.
  }
}
