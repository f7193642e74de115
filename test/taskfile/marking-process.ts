import { readFileSync } from 'node:fs'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { clearMark, writeMark } from '../../src/taskfile/write/mark.ts'

/** Marks and clears the tasks of a file, one after the other, until it is killed; says so after the first. */
const path = process.argv[2]!
const { specs } = parseTaskFile(readFileSync(path, 'utf8'), 'a.md')
for (let turn = 0; ; turn++) {
  for (const spec of specs) {
    const written = await (turn % 2 === 0 ? writeMark(path, spec, new Date()) : clearMark(path, spec))
    if ('problem' in written) throw new Error(written.problem)
    if (turn === 0 && spec === specs[0]) process.stdout.write('marking\n')
  }
}
