import { expect, test } from 'vitest'
import { classifyResponse } from '../../src/notify/classify-response.ts'
import { NOW } from './house.ts'

test.each([
  [200, undefined, { kind: 'done' }],
  [204, undefined, { kind: 'done' }],
  [303, undefined, { kind: 'done' }],
  [429, undefined, { kind: 'again', why: 'answered 429', waitMs: 30_000 }],
  [429, '1.5', { kind: 'again', why: 'answered 429', waitMs: 1_500 }],
  [429, 'Sat, 21 Nov 2026 09:15:00 GMT', { kind: 'again', why: 'answered 429', waitMs: 60_000 }],
  [429, 'Sat, 21 Nov 2026 09:13:00 GMT', { kind: 'again', why: 'answered 429', waitMs: 0 }],
  [429, '999999', { kind: 'again', why: 'answered 429', waitMs: 3_600_000 }],
  [429, 'soon', { kind: 'again', why: 'answered 429', waitMs: 30_000 }],
  [503, '2', { kind: 'again', why: 'answered 503', waitMs: 2_000 }],
  [503, undefined, { kind: 'again', why: 'answered 503' }],
  [404, undefined, { kind: 'again', why: 'answered 404' }],
  [400, undefined, { kind: 'refused', why: 'answered 400' }],
])('an answer of %i with Retry-After %s', (status, retryAfter, expected) => {
  expect(classifyResponse({ status, ...(retryAfter !== undefined && { retryAfter }) }, NOW)).toEqual(expected)
})
