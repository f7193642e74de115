import type { Tally } from '../../test/taskfile/marking-faults.ts'
import { askProgram } from '../ask-program.ts'
import type { Row } from '../row.ts'

/** kill -9, and edits of the user, while a status is written into the task file. */
export const marksRow: Row = {
  number: 6,
  title: 'kill and edits of the user while a status is written',
  unit: 'kills and edits',
  sizes: { test: 30, small: 50, large: 2_000 },
  controls: [{ breaks: 'edits are overwritten', size: 60 }],
  async run(run) {
    // An edit is done in a moment, a kill costs the start of a program.
    const kills = run.breaks ? 0 : Math.ceil(run.size / 5)
    const shares = { edits: run.size - kills, kills }
    await Promise.all(
      Object.entries(shares).map(async ([what, times]) => {
        if (times === 0) return
        const tally = await askProgram<Tally>('marking.ts', [what, times, run.seed], run.breaks)
        run.count(what, times)
        run.count(`marks during ${what}`, tally.tried)
        if (tally.torn > 0) run.fail(`${what}: the file was torn ${tally.torn} times`)
        if (tally.lost > 0) run.fail(`${what}: ${tally.lost} edits of the user were lost`)
        if (tally.refused > 0) run.fail(`${what}: ${tally.refused} marks were not written: ${tally.problem}`)
        if (tally.leftovers > 0) run.fail(`${what}: ${tally.leftovers} files were left beside the task file`)
      }),
    )
  },
}
