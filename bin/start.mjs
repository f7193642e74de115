import { enableCompileCache } from 'node:module'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { entry } from './entry.mjs'

// Baton makes little garbage at a time: a nursery that never grows saves some 15 MB over a month of waiting. Its largest
// size is fixed before any of our lines run; how it grows is not.
setFlagsFromString('--semi-space-growth-factor=1')
// Compiled once, then read back: most of the start-up time of a command is spent here otherwise.
enableCompileCache?.()

const { main } = await import(pathToFileURL(entry('main')).href)
await main(process.argv.slice(2))
