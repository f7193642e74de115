import { appendFileSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { dirname, join } from 'node:path'
import { runRehearsal } from '../../src/rehearsal/main.ts'

/** The rehearsal agent with a witness of its own: every word that it is told goes into `heard.txt` beside its journal. */
enableCompileCache()

const journal = process.env.BATON_REHEARSAL_JOURNAL
const running = runRehearsal(process.argv.slice(2))
if (journal !== undefined) {
  mkdirSync(dirname(journal), { recursive: true })
  const heard = join(dirname(journal), 'heard.txt')
  // Beside the agent's own reading, which has begun already: nothing is taken away from it.
  process.stdin.on('data', (chunk: string) => appendFileSync(heard, chunk))
}
await running
