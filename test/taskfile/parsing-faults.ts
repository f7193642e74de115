import fc from 'fast-check'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { hostileText, pathological, writtenFile } from './hostile.ts'

/** What happened; everything but `tried` must be zero. */
export interface ParseTally {
  tried: number
  /** An exception. */
  crashed: number
  /** A file without tasks and without an error, or a problem without place or words. */
  unsaid: number
  /** An instruction that is not byte for byte what was written. */
  inexact: number
  /** More than a second of processor time a MB. */
  slow: string[]
}

/** Parses so many malformed, hostile and trapped files, and, where a size is given, one of each that are slow to parse. */
export function parseHostile(count: number, seed: number, pathologicalSize = 0): ParseTally {
  const tally: ParseTally = { tried: 0, crashed: 0, unsaid: 0, inexact: 0, slow: [] }
  for (const text of fc.sample(hostileText, { numRuns: Math.ceil(count / 2), seed })) tryParse(tally, text)
  for (const { text, tasks } of fc.sample(writtenFile, { numRuns: Math.floor(count / 2), seed })) {
    const found = tryParse(tally, text)?.specs.map(({ instruction }) => instruction)
    if (JSON.stringify(found) !== JSON.stringify(tasks.map(({ instruction }) => instruction))) tally.inexact++
  }
  for (const { name, text } of pathologicalSize > 0 ? pathological(pathologicalSize) : []) {
    const before = process.cpuUsage()
    tryParse(tally, text)
    const { user, system } = process.cpuUsage(before)
    const seconds = (user + system) / 1e6
    if (seconds > Math.max(1, text.length / 1e6)) tally.slow.push(`${name}: ${seconds.toFixed(1)} s`)
  }
  return tally
}

function tryParse(tally: ParseTally, text: string) {
  tally.tried++
  try {
    const file = parseTaskFile(text, 'hostile.md')
    const hasError = file.problems.some(({ severity }) => severity === 'error')
    const isPlaced = file.problems.every(({ line, column, message }) => line > 0 && column > 0 && message !== '')
    if ((file.specs.length === 0 && !hasError) || !isPlaced) tally.unsaid++
    for (const { instruction } of file.specs) if (!text.includes(instruction)) tally.inexact++
    return file
  } catch {
    tally.crashed++
    return undefined
  }
}
