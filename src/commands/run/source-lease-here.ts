import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceLease } from '../../core/source-lease.ts'
import { batonError } from '../../errors.ts'
import type { Loaded } from '../state/load-config.ts'
import type { OpenedHere } from '../state/open-here.ts'

/** The right of a command to listen to a repository, where several machines could. */
export interface SourceLeaseHere {
  lease: SourceLease
  /** Gives back what the machine has. */
  stop: () => Promise<void>
}

interface LeasePorts {
  version: string
  say: (text: string) => void
  onError: (error: unknown) => void
  /** Which other machine listens at the moment. */
  listener: () => Promise<string | undefined>
}

/** Who had it before and is gone still has it for a while, and who was killed a moment ago has its name. */
const LONGEST_WAIT_MS = 45_000
const LOOK_MS = 100
/** How often it is asked who listens instead. */
const LOOKS = 20

/**
 * Joins the other machines as this one to listen to a repository, and to nothing else: it takes no run of theirs. Names the
 * machine that listens instead. Throws BatonError where nobody can say who may.
 */
export async function takeSourceLease(
  opened: Extract<OpenedHere, { runner: unknown }>,
  { config, secrets }: Pick<Loaded, 'config' | 'secrets'>,
  project: string,
  { version, say, onError, listener }: LeasePorts,
): Promise<SourceLeaseHere | { holder: string } | undefined> {
  const place = opened.gitHub.get(project)?.place
  const { databaseUrl: url } = secrets
  if (url === undefined || !place) return undefined
  const { openSharing } = await import('../../machines/sharing.ts')
  const { store, runner } = opened
  const sharing = openSharing(store, onError)
  const lease = sharing.source(place)
  const member = sharing.join({ url, config, version, runner, store, onTrouble: say, onError, isOnlyListening: true })
  const until = performance.now() + LONGEST_WAIT_MS
  for (let looks = 1; !lease.isHeld() && performance.now() < until; looks++) {
    await sleep(LOOK_MS)
    const holder = looks % LOOKS === 0 ? await listener() : undefined
    if (holder === undefined) continue
    await member.stop()
    return { holder }
  }
  if (lease.isHeld()) return { lease, stop: member.stop }
  await member.stop()
  throw batonError('usage', {
    message: `Nobody can say which machine listens to ${place.name}, so nothing is started from there.`,
    hint: 'See which machines there are with: baton machine list',
  })
}
