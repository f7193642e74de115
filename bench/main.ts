/**
 * Everything that Baton claims to be fast or small at, measured side by side in one run, as ratios with their spread.
 * `npm run bench` for all, `npm run bench -- overhead memory` for some; with the real program:
 * `node scripts/with-claude.ts npm run bench -- overhead`. With `--write`, the table in the README is made from this run.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { measured } from './figures.ts'

/** A measurement with a program of its own. */
const script =
  (name: string, ...args: string[]) =>
  async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], { stdio: 'inherit' })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) process.exitCode = 1
  }

const SECTIONS: Record<string, () => Promise<void>> = {
  overhead: async () => {
    const { overheadOfFastAgent, overheadOfRealClaude } = await import('./overhead.ts')
    await overheadOfFastAgent()
    await overheadOfRealClaude()
  },
  cost: async () => {
    const { costWithRealClaude, gitProcessesOfTask } = await import('./task-cost.ts')
    await gitProcessesOfTask()
    await costWithRealClaude()
  },
  memory: async () => {
    const { memoryOfDaemon, memoryOfLoudTask } = await import('./memory.ts')
    await memoryOfLoudTask()
    await memoryOfDaemon()
  },
  idle: async () => (await import('./idle.ts')).processorTimeOfIdleDaemon(),
  output: async () => (await import('./output.ts')).timeOfEscapes(),
  startup: async () => (await import('./startup.ts')).startOfStatus(),
  scale: async () => (await import('./scale.ts')).costAtScale(),
  parse: async () => (await import('./parse.ts')).parseAgainstRemark(1_000, 5),
  lanes: async () => {
    const { checkRunsOfLandings, timeOfLandings } = await import('./lanes/line.ts')
    const { memoryOfLanes, processesOfWaiting } = await import('./lanes/daemon.ts')
    const { throughputOfLanes } = await import('./lanes/throughput.ts')
    await checkRunsOfLandings()
    await timeOfLandings()
    await processesOfWaiting()
    await memoryOfLanes()
    // 23 minutes with 30 s; the shorter an agent is, the more Baton's own part counts.
    await throughputOfLanes(Number(process.env.BATON_BENCH_AGENT_S ?? 3))
  },
  machines: async () => (await import('./machines.ts')).benchMachines(),
  github: async () => (await import('./github.ts')).costOfGitHub(),
  pipelines: async () => (await import('./pipelines.ts')).timesOfPipelines(),
  telegram: script('telegram.ts'),
  channels: script('channels.ts'),
  http: script('http.ts'),
  queued: script('queued.ts'),
  checkpoint: script('checkpoint.ts'),
}

/** What the README says, in its order. */
const FOR_README = ['overhead', 'cost', 'startup', 'memory', 'idle']

const isWritten = process.argv.includes('--write')
const [load = 0] = loadavg()
const asked = process.argv.slice(2).filter((word) => word !== '--write')
const named = asked.length === 0 && isWritten ? FOR_README : asked
const unknown = named.filter((name) => SECTIONS[name] === undefined)
if (unknown.length > 0) {
  process.stderr.write(`There is no section ${unknown.join(', ')}; there are: ${Object.keys(SECTIONS).join(', ')}\n`)
  process.exitCode = 2
} else {
  for (const name of named.length > 0 ? named : Object.keys(SECTIONS)) await SECTIONS[name]?.()
  if (isWritten) (await import('./readme.ts')).writeMeasured(measured, load)
}
