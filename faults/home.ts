import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const AGENT = join(import.meta.dirname, 'programs/agent.ts')

/** A folder in which Baton lives while it is treated badly. */
export interface FaultHome {
  dir: string
  /** Where the agent notes its starts and ends, outside of everything that Baton writes. */
  journal: string
  /** What an agent of this home is to know. */
  agentEnv: Record<string, string>
  stateDir: string
  /** Where the agents work and keep their sessions: the home, unless that lies on a disk that will be filled. */
  projectDir: string
  tasksFile: string
  write: (path: string, text: string) => void
  read: (path: string) => string
  remove: () => void
}

/** Makes a home with one task file and a config; `under` is where (a small disk, for example). */
export function createFaultHome(tasks: string, config = '', under = tmpdir()): FaultHome {
  const dir = mkdtempSync(join(under, 'baton-faults-'))
  // The witness never shares the fate of the disk under test.
  const outside = under === tmpdir() ? dir : mkdtempSync(join(tmpdir(), 'baton-witness-'))
  const project = outside === dir ? '' : `project: ${outside}\n`
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  write('tasks/today.md', tasks)
  write('config.yaml', `claude:\n  command: ${JSON.stringify([process.execPath, AGENT])}\n${project}${config}`)
  const journal = join(outside, 'witness/journal.txt')
  // Whichever program comes first writes there.
  mkdirSync(dirname(journal), { recursive: true })
  return {
    dir,
    journal,
    agentEnv: { CLAUDE_CONFIG_DIR: join(outside, 'sessions'), BATON_REHEARSAL_JOURNAL: journal },
    projectDir: outside,
    stateDir: join(dir, '.baton'),
    tasksFile: join(dir, 'tasks/today.md'),
    write,
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    remove: () => {
      for (const folder of new Set([dir, outside])) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
