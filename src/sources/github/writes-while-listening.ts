import type { SourceLease } from '../../core/source-lease.ts'
import type { GitHub } from '../../github/client.ts'

/** Writes to a repository for as long as this machine listens to it, and only what the others know of. */
export function writesWhileListening(github: GitHub, lease: SourceLease): GitHub {
  return { ...github, write: (route, given) => github.write(route, given, lease.confirm) }
}
