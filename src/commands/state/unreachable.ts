import { batonError } from '../../errors.ts'
import { MachinesError } from '../../machines/machines.ts'

/** Says why the database that machines share is of no use. Throws BatonError `usage`. */
export function unreachable(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof MachinesError) throw batonError('usage', { message })
  throw batonError('usage', {
    message: `The database that machines share cannot be reached: ${message || (error as { code?: string }).code}`,
    hint: 'Check DATABASE_URL with: baton doctor',
  })
}
