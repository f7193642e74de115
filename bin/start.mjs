import { keepCompiled } from './compile-cache.mjs'
import { load } from './entry.mjs'

keepCompiled()
const argv = process.argv.slice(2)
const mayLook = argv[0] === 'status' || argv.includes('--status')
if (!(mayLook && (await (await load('look')).lookAtStatus(argv)))) await start()

async function start() {
  // Baton makes little garbage at a time: a nursery that never grows saves some 15 MB over a month of waiting. Its largest
  // size is fixed before any of our lines run; how it grows is not.
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1')
  const { main } = await load('main')
  await main(argv)
}
