import { defineConfig } from 'vitest/config'

/** The end-to-end suite: the real `claude` program against the project's stand-in of its API. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    testTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
  },
})
