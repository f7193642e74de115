import type { Config } from '../config/types.ts'
import { whyAway } from '../machines/machines.ts'
import { shortDuration } from '../text/durations.ts'
import { type DoctorCheck, named } from './check.ts'

/** Leases go by the database's clock and by that of no machine; more than this makes times in lists look wrong. */
const CLOCKS_APART_MS = 2_000

/** Whether this machine can share runs: the database, its version, its tables and its clock. Changes nothing. */
export async function checkMachines({ machine }: Pick<Config, 'machine'>, url: string): Promise<DoctorCheck[]> {
  const check = named('machines', { needed: false })
  // Most homes share nothing, and need not load it.
  const [{ probeDatabase }, { newerText, TABLES }, { lookWhoListens }] = await Promise.all([
    import('../machines/postgres/database.ts'),
    import('../machines/postgres/versions.ts'),
    import('../machines/look.ts'),
  ])
  try {
    const { version, isTooOld, isReady, tables, aheadMs } = await probeDatabase(url)
    const told = `${machine.name} in Postgres ${version}`
    if (isTooOld) return [check.fail(`${told}, which is too old`, 'Use Postgres 13 or later.')]
    if (newerText(tables) !== undefined)
      return [
        check.fail(`${told}, set up by a newer Baton`, 'Update Baton on this machine; until then it works alone.'),
      ]
    if (!isReady)
      return [
        check.fail(
          `${told}: the user may not create a schema there`,
          'GRANT CREATE ON DATABASE … TO … (docs/machines.md)',
        ),
      ]
    if (Math.abs(aheadMs) > CLOCKS_APART_MS)
      return [
        check.warn(
          `${told}; its clock is ${shortDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`,
          'Leases use its clock only; times in lists may look wrong. Set both clocks by NTP.',
        ),
      ]
    const listening = tables.own === TABLES ? await lookWhoListens(url) : []
    const made = tables.own === 0 ? ' (tables are made at the first start)' : ''
    return [check.ok([`${told}${made}`, ...listening].join('; '))]
  } catch (error) {
    return [
      check.fail(
        `not reached: ${whyAway(error)}`,
        'Check DATABASE_URL in .env, and that the server lets this machine in.',
      ),
    ]
  }
}
