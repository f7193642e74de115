import { expect, test } from 'vitest'
import { exposedWithoutToken } from '../../src/config/exposure.ts'

const listening = (host: string, more: { enabled?: boolean; url?: string } = {}) => ({
  http: { enabled: true, host, port: 7077, allowedHosts: [], ...more },
})

test.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1', '[::1]', '::ffff:127.0.0.1'])('%s needs no token', (host) => {
  expect(exposedWithoutToken(listening(host), {})).toBeUndefined()
  expect(exposedWithoutToken(listening(host), { apiToken: 'short' })).toBeUndefined()
  expect(
    exposedWithoutToken(listening(host, { url: 'http://localhost:7077/baton' }), { apiToken: 'x' }),
  ).toBeUndefined()
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'baton.example', '127.0.0.1.evil.example', 'evil.localhost', ''])(
  '%j needs one, of 16 characters or more',
  (host) => {
    expect(exposedWithoutToken(listening(host), {})).toMatchObject({ severity: 'error' })
    expect(exposedWithoutToken(listening(host), { apiToken: 'x'.repeat(16) })).toBeUndefined()
    expect(exposedWithoutToken(listening(host), { apiToken: 'x'.repeat(15) })).toMatchObject({
      severity: 'error',
      message: `others can reach http at ${host}, and API_TOKEN has fewer than 16 characters`,
      hint: expect.stringContaining('openssl rand'),
    })
    expect(exposedWithoutToken(listening(host, { enabled: false }), { apiToken: 'x' })).toBeUndefined()
  },
)

test('a public address in front of this machine counts as one; the generated token is long enough for it', () => {
  const proxied = listening('127.0.0.1', { url: 'https://host.example/baton' })
  expect(exposedWithoutToken(proxied, {})).toBeUndefined()
  expect(exposedWithoutToken(proxied, { apiToken: 'x'.repeat(16) })).toBeUndefined()
  expect(exposedWithoutToken(proxied, { apiToken: 'x'.repeat(15) })).toMatchObject({
    message: 'others can reach http at host.example, and API_TOKEN has fewer than 16 characters',
  })
})
