import { defineConfig } from 'vitest/config'

/** The fault harness at its smallest size, with its negative controls. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    retry: process.env.CI ? 2 : 0,
    pool: 'forks',
  },
})
