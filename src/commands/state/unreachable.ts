import { batonError } from '../../errors.ts'
import { MachinesError, whyAway } from '../../machines/machines.ts'

/** Says why the database that machines share is of no use. Throws BatonError `usage`. */
export function unreachable(error: unknown): never {
  if (error instanceof MachinesError)
    throw batonError('usage', { message: error.message, hint: 'See which machines there are with: baton machine list' })
  throw batonError('usage', {
    message: `The database that machines share cannot be reached: ${whyAway(error)}`,
    hint: 'Check DATABASE_URL with: baton doctor',
  })
}
