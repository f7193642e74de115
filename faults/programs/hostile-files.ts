import { parseHostile } from '../../test/taskfile/parsing-faults.ts'

/** Parses as many hostile task files as its first argument says, from the seed of its second, and says what came of it. */
const [, , count = '100', seed = '1', size = '0'] = process.argv
console.log(JSON.stringify(parseHostile(Number(count), Number(seed), Number(size))))
