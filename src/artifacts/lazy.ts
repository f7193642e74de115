import type { Artifacts } from '../daemon/api/artifacts.ts'
import { lazy } from '../lazy.ts'
import type { createArtifacts } from './artifacts.ts'

/** What a run leaves behind, loaded with the first look at it. */
export function lazyArtifacts(ports: Parameters<typeof createArtifacts>[0]): Artifacts {
  const artifacts = lazy(async () => (await import('./artifacts.ts')).createArtifacts(ports))
  return {
    diff: async (taskId) => (await artifacts()).diff(taskId),
    patches: async (taskIds) => (await artifacts()).patches(taskIds),
    logTail: async (taskId, lines) => (await artifacts()).logTail(taskId, lines),
    logCount: async (runId) => (await artifacts()).logCount(runId),
  }
}
