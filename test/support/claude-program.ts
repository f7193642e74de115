/** The real `claude` that the end-to-end tests drive; `scripts/with-claude.ts` brings it. */
export function claudeProgram(): string {
  const path = process.env.BATON_TEST_CLAUDE
  if (!path) throw new Error('BATON_TEST_CLAUDE is not set: run "npm run test:real", or point it at a claude program.')
  return path
}
