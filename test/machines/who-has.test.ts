import { expect, test } from 'vitest'
import type { OfferState } from '../../src/machines/machines.ts'
import { whoHas } from '../../src/machines/who-has.ts'
import { DONE } from './databases.ts'

const OFFER: OfferState = {
  ...{ id: 'r', project: 'web', target: 'any', state: 'active', files: [], from: 'one', fence: 2, at: 0 },
  machine: 'two',
}
const { machine: _, ...NOBODYS } = OFFER
const another = (machine = 'nobody') => `${machine} has it`

test.each([
  ['unknown', undefined, 'this run is no longer known.'],
  [
    'over, whoever had it',
    { ...OFFER, machine: 'one', result: DONE },
    'this run has ended elsewhere (1 of 1 tasks done).',
  ],
  ['this machine’s again', { ...OFFER, machine: 'one' }, 'a later attempt has this run.'],
  ['another one’s', OFFER, 'two has it'],
  ['nobody’s', NOBODYS, 'nobody has it'],
] as const)('a run that is %s', (_, offer, words) => {
  expect(whoHas(offer as OfferState | undefined, 'one', another)).toBe(words)
})
