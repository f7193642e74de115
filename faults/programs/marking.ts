import { editWhileMarking, killWhileMarking } from '../../test/taskfile/marking-faults.ts'
import { seeded } from '../random.ts'

/** Marks tasks while somebody edits the file, or is killed at it, as often as its second argument says. */
const [, , what, times = '1', seed = '1'] = process.argv
const { next } = seeded(Number(seed))
const tally = await (what === 'edits' ? editWhileMarking : killWhileMarking)(Number(times), next)
console.log(JSON.stringify(tally))
