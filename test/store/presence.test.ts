import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { holdPresence } from '../../src/store/presence.ts'
import { openStore } from '../../src/store/store.ts'

test('A database that is truncated before it is first looked at is noticed by the first look', () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-presence-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const store = openStore(dir)
  const presence = holdPresence(dir, store.markFile())
  truncateSync(join(dir, 'baton.db'))
  expect(presence.lost()?.what).toBe(`The file ${join(dir, 'baton.db')} was truncated`)
  store.close()
  presence.close()
})
