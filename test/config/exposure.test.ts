import { expect, test } from 'vitest'
import { exposedWithoutToken } from '../../src/config/exposure.ts'

const listening = (host: string, enabled = true) => ({ http: { enabled, host, port: 7077, allowedHosts: [] } })

test.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1', '[::1]', '::ffff:127.0.0.1'])('%s needs no token', (host) => {
  expect(exposedWithoutToken(listening(host), {})).toBeUndefined()
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'baton.example', '127.0.0.1.evil.example', 'evil.localhost', ''])(
  '%j needs one',
  (host) => {
    expect(exposedWithoutToken(listening(host), {})).toMatchObject({ severity: 'error' })
    expect(exposedWithoutToken(listening(host), { apiToken: 'x'.repeat(32) })).toBeUndefined()
    expect(exposedWithoutToken(listening(host, false), {})).toBeUndefined()
  },
)
