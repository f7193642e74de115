import { keepCompiled } from './compile-cache.mjs'
import { load } from './entry.mjs'

keepCompiled()
const argv = process.argv.slice(2)
const mayLook = argv[0] === 'status' || argv.includes('--status')
/** What keeps a process small that waits for months. Set while it runs: `npx` starts it without flags of ours. */
const SMALL = [
  // Baton makes little garbage at a time: a nursery that never grows saves some 15 MB. Its largest size is fixed before any of our lines
  // run; how it grows is not.
  '--semi-space-growth-factor=1',
  // V8 compiles a function again once it has been called so many times, and its compilers are 6 MB that stay in memory. A start calls a few
  // often enough, as those that look at files; so they have to be called ten times as often.
  '--invocation-count-for-maglev=4000',
  '--invocation-count-for-maglev-osr=1000',
  '--invocation-count-for-turbofan=30000',
  '--invocation-count-for-osr=5000',
]
if (!(mayLook && (await (await load('look')).lookAtStatus(argv)))) await start()

async function start() {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of SMALL) setFlagsFromString(flag)
  const { main } = await load('main')
  await main(argv)
}
