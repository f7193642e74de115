import type { ProjectConfig } from '../config/types.ts'
import { type DoctorCheck, named } from './check.ts'
import type { ProbeProgram } from './machine.ts'

/** Whether what `lane_limits` names can be kept here. Nothing is said where no limit is set. */
export async function checkLaneLimits(
  projects: readonly Pick<ProjectConfig, 'laneLimits'>[],
  run: ProbeProgram,
  platform: NodeJS.Platform = process.platform,
): Promise<DoctorCheck[]> {
  const limits = projects.map(({ laneLimits }) => laneLimits)
  const ofMemory = limits.some(({ memoryBytes }) => memoryBytes !== undefined)
  const ofProcessors = limits.some(({ cpus }) => cpus !== undefined)
  if (!ofMemory && !ofProcessors) return []
  const check = named('lane limits', { needed: false })
  const scope = await run('systemd-run', ['--user', '--scope', '--quiet', 'true'])
  if (scope?.exitCode === 0) return [check.ok('enforced by systemd')]
  if (ofProcessors)
    return [
      check.warn(
        'lane_limits.cpu is not enforced: there is no systemd for your user here',
        'Log in to a session with systemd (loginctl enable-linger), or remove lane_limits.cpu; "nice" still holds.',
      ),
    ]
  if (platform !== 'linux')
    return [check.warn('lane_limits.memory is not enforced: that takes Linux', 'Remove it, or run Baton on Linux.')]
  return [check.ok('memory, per process and by a check every 10 s')]
}
