import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * The rehearsal agent with a witness of its own around it: notes in a folder beside the journal that it works, and in the
 * journal when another one of the same house lives that has worked. One that was started ahead of its turn only waits.
 */
enableCompileCache()

const journal = process.env.BATON_REHEARSAL_JOURNAL
const isSession = process.argv.some(
  (argument) => argument.startsWith('--session-id') || argument.startsWith('--resume'),
)

function noteThatItWorks(journal: string): void {
  const folder = join(dirname(journal), 'alive')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, String(process.pid)), startTime(process.pid))
  // One that was killed while it noted itself has left an empty file: it is gone, as is one without a start time.
  const lives = (name: string) =>
    startTime(Number(name)) !== '' && startTime(Number(name)) === readText(join(folder, name))
  const others = readdirSync(folder).filter((name) => name !== String(process.pid) && lives(name))
  for (const other of others) appendFileSync(journal, `overlap ${process.pid} ${other} ${new Date().toISOString()}\n`)
}

const { runRehearsal } = await import('../../src/rehearsal/main.ts')
await runRehearsal(process.argv.slice(2), () => {
  if (journal !== undefined && isSession) noteThatItWorks(journal)
})

/** Ticks since boot at which a process began, from proc(5); empty when it is gone or only waits to be collected. */
function startTime(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '')
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
