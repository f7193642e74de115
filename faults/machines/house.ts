import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import type { Break } from '../break.ts'
import type { SetClock } from '../clock.ts'
import { BATON, type RunningDaemon, startRunningDaemon } from '../daemon-process.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { readWitness } from '../witness.ts'

/** A machine: a home of its own with a daemon in it; all of them share the journal of the agents. */
export interface TestMachine {
  name: string
  home: FaultHome
  daemon: RunningDaemon
  /** Starts it again after it was killed. */
  again: () => Promise<void>
}

/** The API token of all of them. */
export const MACHINES_TOKEN = 'a-token-of-all-machines-0123456789'

/** How a machine is set up. */
interface MachineOptions {
  labels?: string[]
  /** Further lines of its .env and its config.yaml. */
  env?: string
  config?: string
  /** Its own wall clock. */
  clock?: SetClock
  /** Finds its state folder before it starts. */
  prepare?: (stateDir: string) => void
  /** false: it shares with nobody. */
  isSharing?: boolean
}

/** Machines of one test. */
export interface TestMachines {
  start: (name: string, options?: MachineOptions) => Promise<TestMachine>
  /** Runs the program in the home of a machine; gives its exit code and what it printed. */
  call: (home: FaultHome, args: string[]) => Promise<{ code: number; out: string }>
  /** What the agents of all of them noted. */
  witness: () => ReturnType<typeof readWitness>
  close: () => Promise<void>
}

/** Opens a house for machines that share the database of that address. */
export function openMachinesHouse(url: string, breaks?: Break): TestMachines {
  const homes: FaultHome[] = []
  const started: TestMachine[] = []
  const calls = new Set<ChildProcess>()
  const shared = () => homes[0]?.agentEnv ?? {}
  const start: TestMachines['start'] = async (
    name,
    { labels = [], env = '', config = '', clock, prepare, isSharing = true } = {},
  ) => {
    const home = createFaultHome(
      '# Nothing\n',
      `machine: {name: ${name}, labels: [${labels.join(', ')}]}\nhttp: {port: 0}\n${config}`,
    )
    homes.push(home)
    home.write('.env', `${isSharing ? `DATABASE_URL=${url}\n` : ''}API_TOKEN=${MACHINES_TOKEN}\n${env}`)
    chmodSync(join(home.dir, '.env'), 0o600)
    prepare?.(home.stateDir)
    const launch = () =>
      startRunningDaemon(home.dir, {
        env: { ...shared(), ...clock?.env },
        breaks,
        ...(clock && { nodeArgs: clock.nodeArgs }),
      })
    const machine: TestMachine = {
      name,
      home,
      daemon: await launch(),
      again: async () => {
        machine.daemon = await launch()
      },
    }
    started.push(machine)
    return machine
  }
  return {
    start,
    call: (home, args) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [BATON, ...args], {
          cwd: home.dir,
          env: { PATH: process.env.PATH, HOME: home.dir, ...shared() },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        calls.add(child)
        let out = ''
        child.stdout.on('data', (chunk) => (out += chunk))
        child.stderr.on('data', (chunk) => (out += chunk))
        child.once('close', (code) => {
          calls.delete(child)
          resolve({ code: code ?? -1, out })
        })
      }),
    witness: () => readWitness(homes[0] ? join(homes[0].dir, 'witness/journal.txt') : ''),
    close: async () => {
      // One that follows a run would wait for its database for ever.
      for (const call of calls) call.kill('SIGKILL')
      for (const { daemon } of started) {
        daemon.kill('SIGCONT')
        daemon.kill('SIGKILL')
        await daemon.ended
      }
      for (const home of homes) home.remove()
    },
  }
}
