import { join } from 'node:path'
import { readPlainSync } from '../../files/plain.ts'
import { privateFolder, writePrivate } from '../../files/private.ts'
import { realPath } from '../../files/real-path.ts'
import type { FileTask } from '../../taskfile/file-task.ts'
import type { ParsedFile } from '../../taskfile/parsed.ts'
import { readTaskFile } from '../../taskfile/read.ts'
import { type DoneMark, marksIn } from '../../taskfile/write/new-marks.ts'
import { sha256 } from '../../text/sha256.ts'
import { withKeptMarks } from './kept-marks.ts'

/** What an agent, or nobody knows who while an agent worked, did to a task file. */
interface Doubt {
  /** In words: `task 3, Add tests`. */
  during: string
  at: number
  /** Marks that do not count. */
  marks: DoneMark[]
  /** A schedule does not start it before a person has. */
  changed: boolean
  /** Digest of the content before; once the file has it again, nothing is doubted. Absent: there was no file. */
  before?: string
}

type Doubts = Record<string, Doubt>

/** In the state folder, which no agent reads or writes; a file, so that a look needs no database. */
const fileIn = (stateDir: string): string => join(stateDir, 'doubts.json')

/** Doubts by the absolute paths of the task files, through all links. */
function readDoubts(stateDir: string): Doubts {
  try {
    return JSON.parse(readPlainSync(fileIn(stateDir)).toString('utf8')) as Doubts
  } catch {
    return {}
  }
}

/** Only the process that runs the tasks writes. */
export function changeDoubts(stateDir: string, change: (doubts: Doubts) => void): void {
  const doubts = readDoubts(stateDir)
  const before = JSON.stringify(doubts)
  change(doubts)
  if (JSON.stringify(doubts) === before) return
  privateFolder(stateDir)
  writePrivate(fileIn(stateDir), `${JSON.stringify(doubts)}\n`)
}

/**
 * A task file without the marks that nobody can vouch for: those tasks are open, and a warning says why. A mark that reads
 * differently by now was written again, while no task ran: it counts.
 */
function withoutDoubtfulMarks(stateDir: string, path: string, parsed: ParsedFile): ParsedFile {
  const doubt = readDoubts(stateDir)[realPath(path)]
  if (!doubt || doubt.marks.length === 0) return parsed
  const doubted = doubtedIn(doubt, path)
  const problems = [...parsed.problems]
  const specs = parsed.specs.map((spec): FileTask => {
    if (!spec.done || !doubted.has(`${spec.origin.ref}\n${spec.title}`)) return spec
    const { file, line, form } = spec.origin
    const again =
      form === 'checkbox' ? 'write [X] with a capital letter' : 'add a word to the line, as in "done by hand"'
    problems.push({
      ...{ file, line, column: 1, severity: 'warning' as const },
      message: `The mark of "${spec.title}" appeared while ${doubt.during} ran and is not Baton's: it does not count, and the task is open`,
      hint: `If it is done: remove the mark or ${again}, while no task runs.`,
    })
    return { ...spec, done: false }
  })
  return { ...parsed, specs, problems }
}

/** An agent changed the file, nobody has started it since, and it does not read as before again. */
export function isChangedByAgent(stateDir: string, path: string): boolean {
  const doubt = readDoubts(stateDir)[realPath(path)]
  if (!doubt?.changed) return false
  try {
    return sha256(readPlainSync(path)) !== doubt.before
  } catch {
    return true
  }
}

/** Reads a task file with what is kept of a JSON one, and leaves out the marks that do not count. */
export const readDoubtfully = async (stateDir: string, path: string, shownAs: string): Promise<ParsedFile> =>
  withKeptMarks(stateDir, path, withoutDoubtfulMarks(stateDir, path, await readTaskFile(path, shownAs)))

function doubtedIn({ marks }: Doubt, path: string): Set<string> {
  let text: string
  try {
    text = readPlainSync(path).toString('utf8')
  } catch {
    return new Set()
  }
  const same = new Set(marks.map((mark) => JSON.stringify([mark.key, mark.title, mark.text])))
  return new Set(
    marksIn(text, path)
      .filter(({ key, title, text }) => same.has(JSON.stringify([key, title, text])))
      .map(({ key, title }) => `${key}\n${title}`),
  )
}
