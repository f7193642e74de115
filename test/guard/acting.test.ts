import { expect, it } from 'vitest'
import { type Acting, note, refusals } from '../../src/guard/acting.ts'

it('names on the receipt what was refused and how many calls it was, each call once, and nothing that was asked for', () => {
  const seen: Acting = { hooks: false, refused: new Map() }
  const call = (path: string) => ({ tool: 'Edit', input: { file_path: path }, cwd: '/' })
  const deny = (why: string) => ({ do: 'deny' as const, why: `${why} Continue without it.` })
  for (const path of ['.env', '.env', '.env.local']) note(seen, call(path), deny('This would touch a secret.'))
  note(seen, call('config.yaml'), deny('This would change the configuration.'))
  note(seen, call('my.db'), { do: 'ask', why: 'undo cannot bring it back' })
  expect(refusals(seen).map(({ text }) => text)).toEqual([
    '2 calls were refused: This would touch a secret.',
    'A call was refused: This would change the configuration.',
  ])
})
