import { createHash } from 'node:crypto'

/** Ports that a project's lanes have for themselves. */
const PORTS_OF_LANE = 10
const FIRST_PORT = 11_000
/** Ten lanes and the worktree for checks; below the ports that systems hand out automatically. */
const PORTS_OF_PROJECT = 11 * PORTS_OF_LANE
const PROJECTS = 190

/**
 * What keeps lanes from colliding: a name of its own and the first of ten ports that no other lane of the project is given.
 * Lane 0 is the worktree for checks.
 */
export function laneEnvironment(project: string, lane: number): Record<string, string> {
  const block = createHash('sha256').update(project).digest().readUInt16BE(0) % PROJECTS
  const port = FIRST_PORT + block * PORTS_OF_PROJECT + lane * PORTS_OF_LANE
  return { BATON_LANE: String(lane), BATON_PORT: String(port) }
}
