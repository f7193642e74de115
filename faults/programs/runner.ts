import { writeSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { createInterface } from 'node:readline'

/**
 * The one that works, as a program of its own: opens the house in the folder of its first argument, tells what happens as
 * JSON lines on stdout, written at once, and takes acts as JSON lines on stdin. SIGTERM ends it in an orderly way.
 */
enableCompileCache()

const { readConfig } = await import('../../src/config/read.ts')
const { openApp } = await import('../../src/app/open-app.ts')

const tell = (what: object): void => {
  writeSync(1, `${JSON.stringify(what)}\n`)
}
const home = process.argv[2] ?? '.'
const read = await readConfig({ home, env: {} })
if (!('config' in read)) throw new Error(JSON.stringify(read.problems))

const opened = await openApp({
  config: read.config,
  secretValues: [],
  kind: 'daemon',
  attended: true,
  env: process.env,
  onTrouble: (text) => tell({ is: 'trouble', text }),
  onError: (error) =>
    tell({ is: 'error', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
})
if ('holder' in opened) {
  tell({ is: 'refused', holder: opened.holder })
  process.exit(3)
}
const { runner } = opened
const { api } = runner

const lastSeq = api.view.lastSeq()
tell({ is: 'opened', lastSeq, ms: performance.now(), asks: api.view.openAsks(), run: api.view.latestRun() })
api.follow((event) => tell({ is: 'event', event }), lastSeq)

let isWorking = false
const working = (): void => {
  if (!isWorking) tell({ is: 'working', ms: performance.now() })
  isWorking = true
}
api.onLive((live) => live && working())
runner.begin()
void runner.idle().then(working)

const commands = createInterface({ input: process.stdin })
commands.on('line', (line) => void obey(JSON.parse(line)))

type RunnerOrder =
  | { do: 'command'; key: string; command: Parameters<typeof api.submit>[0] }
  | { do: 'ask'; id: string }
  | { do: 'memory' }
  | { do: 'status' }

async function obey(command: RunnerOrder): Promise<void> {
  if (command.do === 'command') {
    const reply = await api.submit(
      command.command,
      { surface: 'telegram', id: '4711', name: 'Anna' },
      { key: command.key },
    )
    tell({ is: 'reply', key: command.key, reply })
  } else if (command.do === 'ask') {
    tell({ is: 'ask', ask: api.view.ask(command.id) })
  } else if (command.do === 'status') {
    tell({ is: 'status', status: api.view.status(), health: runner.health() })
  } else {
    globalThis.gc?.()
    globalThis.gc?.()
    tell({ is: 'memory', heapBytes: process.memoryUsage().heapUsed, rssBytes: process.memoryUsage().rss })
  }
}

process.on('SIGTERM', () => {
  const began = performance.now()
  void runner.stop().then(() => {
    tell({ is: 'stopped', ms: performance.now() - began })
    process.exit(0)
  })
})
