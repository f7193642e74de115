import type { ParseTally } from '../../test/taskfile/parsing-faults.ts'
import { askProgram } from '../ask-program.ts'
import type { Row } from '../row.ts'

const AT_ONCE = 5_000
/** Texts of this size, each of a kind that makes parsers slow. */
const PATHOLOGICAL_BYTES = 200_000
const LARGE_PATHOLOGICAL_BYTES = 4_000_000

/** Malformed and hostile task files. */
export const taskFilesRow: Row = {
  number: 5,
  title: 'malformed and hostile task files',
  unit: 'files',
  sizes: { test: 1_000, small: 5_000, large: 100_000 },
  controls: [{ breaks: 'fences are not seen', size: 400 }],
  async run(run) {
    for (let tried = 0; tried < run.size && !run.isEnough(); tried += AT_ONCE) {
      const count = Math.min(AT_ONCE, run.size - tried)
      const isLarge = run.size > 50_000
      const size = tried > 0 ? 0 : isLarge ? LARGE_PATHOLOGICAL_BYTES : PATHOLOGICAL_BYTES
      const tally = await askProgram<ParseTally>('hostile-files.ts', [count, run.seed + tried, size], run.breaks)
      run.count('parsed', tally.tried)
      if (tally.crashed > 0) run.fail(`${tally.crashed} made the parser throw`)
      if (tally.unsaid > 0) run.fail(`${tally.unsaid} were refused without line and cause`)
      if (tally.inexact > 0) run.fail(`${tally.inexact} instructions were not what stood in the file, byte for byte`)
      for (const slow of tally.slow) run.fail(`too slow: ${slow}`)
    }
  },
}
