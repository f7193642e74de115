import type { ProjectConfig } from '../config/types.ts'
import { type DoctorCheck, named } from './check.ts'

/** Which limits can be kept here. */
export interface FoundLimits {
  isScoped: boolean
  isPerProcess: boolean
  isWatched: boolean
}

/** How what `lane_limits` names is kept here, or that it is not. Nothing is said where no limit is set. */
export function checkLaneLimits(
  projects: readonly Pick<ProjectConfig, 'laneLimits'>[],
  find: () => FoundLimits,
): DoctorCheck[] {
  const limits = projects.map(({ laneLimits }) => laneLimits)
  const ofMemory = limits.some(({ memoryBytes }) => memoryBytes !== undefined)
  const ofProcessors = limits.some(({ cpus }) => cpus !== undefined)
  if (!ofMemory && !ofProcessors) return []
  const check = named('lane limits', { needed: false })
  const found = find()
  const memory = ofMemory ? [`memory: ${howMemory(found) ?? 'not enforced, that takes Linux'}`] : []
  const processors = ofProcessors ? [`cpu: ${found.isScoped ? BY_SYSTEMD : `not enforced, ${NO_SYSTEMD}`}`] : []
  const detail = [...memory, ...processors].join('; ')
  if (ofMemory && howMemory(found) === undefined) return [check.warn(detail, 'Remove it, or run Baton on Linux.')]
  if (!ofProcessors || found.isScoped) return [check.ok(detail)]
  return [
    check.warn(
      detail,
      'Log in to a session with systemd (loginctl enable-linger), or remove lane_limits.cpu; "nice" still holds.',
    ),
  ]
}

const BY_SYSTEMD = 'by systemd'
const NO_SYSTEMD = 'there is no systemd for your user here'

function howMemory({ isScoped, isPerProcess, isWatched }: FoundLimits): string | undefined {
  const ways = [
    ...(isScoped ? [BY_SYSTEMD] : []),
    ...(isPerProcess ? ['per process'] : []),
    ...(isWatched ? ['by a check every 10 s'] : []),
  ]
  return ways.length > 0 ? ways.join(', ') : undefined
}
