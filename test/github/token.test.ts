import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { apiUrlOf, findToken, serverOf } from '../../src/github/token.ts'

const dir = mkdtempSync(join(tmpdir(), 'baton-gh-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** A `gh` that is logged in on github.com alone, and fails elsewhere as the real one does. */
const withGh = () => {
  const script =
    '#!/bin/sh\n[ "$1 $2 $3 $4" = "auth token --hostname github.com" ] && { echo gho_abc; exit 0; }\nexit 1\n'
  writeFileSync(join(dir, 'gh'), script)
  chmodSync(join(dir, 'gh'), 0o755)
  return { PATH: `${dir}:/usr/bin:/bin` }
}
const apiUrl = 'https://api.github.com'

test('the token of .env comes first, else that of gh for the server', async () => {
  const env = withGh()
  expect(await findToken('ghp_x', { apiUrl, env })).toEqual({ token: 'ghp_x', from: 'GITHUB_TOKEN' })
  expect(await findToken(undefined, { apiUrl, env })).toEqual({ token: 'gho_abc', from: 'gh' })
  expect(await findToken(undefined, { apiUrl: 'https://git.example/api/v3', env })).toBeUndefined()
  expect(await findToken(undefined, { apiUrl, env: { PATH: '/nowhere' } })).toBeUndefined()
})

test.each([
  [undefined, 'https://api.github.com', 'https://github.com'],
  ['https://api.github.com/', 'https://api.github.com', 'https://github.com'],
  ['https://git.example/api/v3/', 'https://git.example/api/v3', 'https://git.example'],
])('the server of the API %s', (given, api, web) => {
  expect(apiUrlOf(given)).toBe(api)
  expect(serverOf(api)).toBe(web)
})
