import { defineConfig } from 'vitest/config'

/** The end-to-end suite: the real `claude` program against the project's stand-in of its API. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    // Minutes only where a machine does ten other things as well.
    testTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    // Real processes on a stalling machine: on CI what fails is tried twice more, and fails when it fails each time.
    retry: process.env.CI ? 2 : 0,
    // Does nothing but on an odd machine: `npm run test:odd`.
    setupFiles: ['scripts/odd-machine/set-up.ts'],
    pool: 'forks',
    fileParallelism: false,
    // Of those that are marked as concurrent: more than that starve each other on two cores.
    maxConcurrency: 3,
  },
})
