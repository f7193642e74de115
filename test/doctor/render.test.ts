import { expect, test } from 'vitest'
import { named } from '../../src/doctor/check.ts'
import { checksAsJson, needsAscii, renderChecks } from '../../src/doctor/render.ts'

const needed = named('node', { needed: true })
const extra = named('telegram', { needed: false })

test('each check is a line, with what to do below', () => {
  const checks = [
    needed.ok('24.1.0'),
    extra.warn('no bot', 'npm run init'),
    named('config', { needed: true }).fail('a:1\nb:2', 'Correct it.'),
  ]
  expect(renderChecks(checks, { ascii: false })).toBe(
    [
      '✓ node      24.1.0',
      '! telegram  no bot',
      '            → npm run init',
      '✗ config    a:1',
      '            b:2',
      '            → Correct it.',
      '',
      'Not ready: tasks cannot run.',
    ].join('\n'),
  )
  expect(renderChecks(checks, { ascii: true })).toMatch(/^[\x20-\x7e\n]+$/)
})

test.each([
  [[needed.ok('x')], 'Everything is set up.', 0],
  [[needed.warn('x')], 'Ready, 1 warning.', 0],
  [[needed.ok('x'), extra.fail('y')], 'Tasks can run, but not everything works.', 1],
  [[needed.fail('x')], 'Not ready: tasks cannot run.', 2],
])('the outcome of %j is %s', (checks, verdict, exitCode) => {
  expect(renderChecks(checks, { ascii: false }).split('\n').at(-1)).toBe(verdict)
  expect(JSON.parse(checksAsJson(checks))).toEqual({ ok: exitCode === 0, exit_code: exitCode, checks })
})

test('plain marks are used where others may not be shown', () => {
  expect(needsAscii({ LANG: 'en_US.UTF-8' }, 'linux')).toBe(false)
  expect(needsAscii({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux')).toBe(true)
  expect(needsAscii({}, 'linux')).toBe(true)
  expect(needsAscii({}, 'darwin')).toBe(false)
  expect(needsAscii({ TERM: 'dumb', LANG: 'C.UTF-8' }, 'linux')).toBe(true)
  expect(needsAscii({ WT_SESSION: 'x' }, 'win32')).toBe(false)
})
