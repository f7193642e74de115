import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isWhole } from './marking-faults.ts'

/**
 * Adds a line to a file so many times, and saves in place, by an exchange, or by moving the old one away first. Says which
 * lines it added, and `torn` whenever it found the file in pieces.
 */
const path = process.argv[2]!
for (let edit = 0; edit < Number(process.argv[3]); edit++) {
  // Nobody saves twice within a tenth of a second.
  await sleep(100 + Math.random() * 100)
  const before = readFileSync(path, 'utf8')
  if (!isWhole(before)) process.stdout.write('torn\n')
  save(`Edit ${edit}.\n${before}`, edit % 3)
  process.stdout.write(`Edit ${edit}.\n`)
}

function save(content: string, way: number): void {
  if (way === 0) writeFileSync(path, content)
  else {
    if (way === 2) renameSync(path, `${path}.bak`)
    writeFileSync(`${path}~`, content)
    renameSync(`${path}~`, path)
    rmSync(`${path}.bak`, { force: true })
  }
}
