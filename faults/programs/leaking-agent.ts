import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { dirname } from 'node:path'

/** The rehearsal agent, which says on stderr first whatever stands in `stderr.txt` of its folder. */
enableCompileCache()
if (existsSync('stderr.txt')) process.stderr.write(readFileSync('stderr.txt'))
const journal = process.env.BATON_REHEARSAL_JOURNAL
if (journal !== undefined) mkdirSync(dirname(journal), { recursive: true })
const { runRehearsal } = await import('../../src/rehearsal/main.ts')
await runRehearsal(process.argv.slice(2))
