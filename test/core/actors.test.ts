import { expect, test } from 'vitest'
import { API, actorText, BATON, DASHBOARD, overHttp, WEBHOOK } from '../../src/core/actors.ts'
import type { Actor } from '../../src/core/types.ts'

test('everybody is shown in one style, a person with the surface and a program without', () => {
  const anna: Actor = { surface: 'telegram', id: '4711', name: 'Anna' }
  const shown = [
    anna,
    { ...anna, surface: 'slack' as const, id: 'U1' },
    overHttp(anna),
    { surface: 'terminal' as const, id: 'anna', name: 'anna at pts/3' },
    { surface: 'github' as const, id: '7', name: 'octocat' },
    { surface: 'schedule' as const, id: '0 9 * * 1-5', name: '0 9 * * 1-5' },
    ...[BATON, API, DASHBOARD, WEBHOOK],
  ].map(actorText)
  expect(shown).toEqual([
    'Anna (Telegram)',
    'Anna (Slack)',
    'Anna (dashboard)',
    'anna at pts/3 (terminal)',
    'octocat (GitHub)',
    'the schedule (0 9 * * 1-5)',
    'Baton',
    'the API',
    'the dashboard',
    'the webhook',
  ])
})

test('a person who opens the dashboard by a link stays apart from a program, and from people of other platforms', () => {
  const mean: Actor = { surface: 'slack', id: 'api', name: 'API' }
  expect(overHttp(mean)).toEqual({ surface: 'http', id: 'slack:api', name: 'API' })
  expect(actorText(overHttp(mean))).toBe('API (dashboard)')
})
