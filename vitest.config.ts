import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The rows of faults take minutes each with their controls: `npm run test:faults`.
    exclude: ['test/real/**', 'test/faults/**'],
    testTimeout: process.env.CI ? 60_000 : 30_000,
    // A browser, a server and a house are opened before a test; a busy machine takes longer than the usual ten seconds.
    hookTimeout: process.env.CI ? 60_000 : 30_000,
    // Real processes on a stalling machine: on CI what fails is tried twice more, and fails when it fails each time.
    retry: process.env.CI ? 2 : 0,
    // What is waited for comes, however busy the machine; a test that fails here fails late.
    expect: { poll: { timeout: process.env.CI ? 30_000 : 20_000 } },
    // Does nothing but on an odd machine: `npm run test:odd`.
    setupFiles: ['scripts/odd-machine/set-up.ts'],
    pool: 'forks',
    // The tests wait more than they work; alone, vitest would leave one of two cores to itself.
    maxWorkers: 3,
  },
})
