import { keepCompiled } from './compile-cache.mjs'
import { load } from './entry.mjs'

// Baton makes little garbage at a time: a nursery that never grows saves some 15 MB over a month of waiting. Its largest
// size is fixed before any of our lines run; how it grows is not.
process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1')
keepCompiled()

const { main } = await load('main')
await main(process.argv.slice(2))
