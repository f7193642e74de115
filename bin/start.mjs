import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { keepCompiled } from './compile-cache.mjs'
import { entry } from './entry.mjs'

// Baton makes little garbage at a time: a nursery that never grows saves some 15 MB over a month of waiting. Its largest
// size is fixed before any of our lines run; how it grows is not.
setFlagsFromString('--semi-space-growth-factor=1')
keepCompiled()

const { main } = await import(pathToFileURL(entry('main')).href)
await main(process.argv.slice(2))
