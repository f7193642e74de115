import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**'],
    testTimeout: process.env.CI ? 60_000 : 20_000,
    // Real processes on a stalling machine: on CI what fails is tried once more, and fails when it fails twice.
    retry: process.env.CI ? 1 : 0,
    pool: 'forks',
  },
})
