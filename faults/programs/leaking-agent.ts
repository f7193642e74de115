import { existsSync, readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

/** The rehearsal agent, which says on stderr first whatever stands in `stderr.txt` of its folder. */
enableCompileCache()
if (existsSync('stderr.txt')) process.stderr.write(readFileSync('stderr.txt'))
const { main } = await import('../../src/rehearsal/main.ts')
await main(process.argv.slice(2))
