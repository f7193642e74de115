import fc from 'fast-check'
import { expect, test } from 'vitest'
import { claimedFiles } from '../../src/proof/claimed-files.ts'
import { claimedTests, mayRunTests } from '../../src/proof/claimed-tests.ts'
import { type ClaimFacts, claims, expectsChange } from '../../src/proof/claims.ts'

const nothing: ClaimFacts = {
  text: '',
  commands: [],
  tools: ['Read', 'Edit', 'Bash'],
  written: [],
  files: [{ path: 'src/other.ts', change: 'M' }],
  whereabouts: new Map(),
  checks: [],
  gitWrites: [],
  expectsChange: true,
}

test.each([
  'All tests pass.',
  'I fixed it. All 12 tests pass now.',
  '- Tests are green ✅',
  'The unit tests passed and the build works',
  '**The test suite passes.**',
  '42 passed, 0 skipped',
  'I ran the tests.',
])('“%s” is a claim, and flagged when nothing that could have run tests was run', (text) => {
  const commands = [
    'ls -la',
    'cat package.json | grep test',
    'git status && git diff',
    'npm install',
    'npx tsc --noEmit',
    'test -f x.ts',
  ]
  expect(claims({ ...nothing, text, commands })).toEqual([expect.stringContaining('no command that could run tests')])
  for (const more of [
    'npm test',
    'make',
    './run.sh',
    'FOO=1 npx vitest run',
    'cd api && pytest -q',
    'docker compose up',
    'bash -c "x"',
    'node --test',
  ]) {
    expect(claims({ ...nothing, text, commands: [...commands, more] })).toEqual([])
  }
  expect(claims({ ...nothing, text, commands, tools: ['mcp__ci__run'] })).toEqual([])
  const check = { name: 'tests', command: 'npm test', ok: true, durationMs: 1, output: '' }
  expect(claims({ ...nothing, text, commands, checks: [check] })).toEqual([])
  expect(claims({ ...nothing, text, commands, checks: [{ ...check, ok: false }] })).toHaveLength(1)
})

test.each([
  'I could not run the tests.',
  'The tests should pass once you install the dependencies.',
  'Please make sure the tests pass before merging.',
  'If all tests pass, merge it.',
  'The tests were not run.',
  'You can check that tests pass with `npm test`.',
  'Did the tests pass?',
  'I added a test that passes an empty name.',
  '> All tests pass.\n\nThat line of the README is wrong.',
  '```\nAll tests pass.\n```',
  'CI says all tests pass.',
  'No tests passed a null.',
  'The spec is clear.',
])('“%s” is no claim', (text) => {
  expect(claimedTests(text)).toBeUndefined()
})

test.each([
  ['Created `src/login.ts`.', [['created', 'src/login.ts']]],
  ['- Updated `src/a.ts` to use the new client', [['updated', 'src/a.ts']]],
  [
    "I've created the file src/new/login.test.ts, and updated `README.md`",
    [
      ['created', 'src/new/login.test.ts'],
      ['updated', 'README.md'],
    ],
  ],
  [
    '1. **Created**: `a/b.py`, `a/c.py` and `a/d.py`',
    [
      ['created', 'a/b.py'],
      ['created', 'a/c.py'],
      ['created', 'a/d.py'],
    ],
  ],
  ['Deleted [`old.css`](old.css).', [['deleted', 'old.css']]],
  ['- Modified src/a.ts: the retry is gone', [['updated', 'src/a.ts']]],
])('“%s” speaks of files', (text, expected) => {
  expect(claimedFiles(text).map(({ did, path }) => [did, path])).toEqual(expected)
})

test.each([
  'Updated `config.port` to 8080.',
  'Created a `Next.js` page.',
  'Updated `src/a.ts` imports everywhere.',
  'I did not create `src/a.ts`.',
  'You should have updated `src/a.ts`.',
  '`src/a.ts` was created by the generator.',
  'The previously created `src/a.ts` stays.',
  'Created `/api/users`.',
  'Created `foo()` and `Bar`.',
  'Created a test in `src/a.test.ts`.',
  'Updated `src/*.ts`.',
  'Deleted `src/a.ts` from the list.',
  '```\nCreated src/a.ts\n```',
  '| Created `src/a.ts` in the example |',
])('“%s” plainly says nothing about a file', (text) => {
  expect(claimedFiles(text)).toEqual([])
})

test('A file that is said to be made, changed or deleted is flagged only where the facts say otherwise', () => {
  const say = (text: string, where: 'recorded' | 'unrecorded' | 'absent', more: Partial<ClaimFacts> = {}) =>
    claims({ ...nothing, text, whereabouts: new Map([['src/a.ts', where]]), ...more })
  expect(say('Created `src/a.ts`.', 'absent')).toEqual([
    'Claude says that it created src/a.ts, but there is no such file.',
  ])
  expect(say('Created `src/a.ts`.', 'recorded')).toEqual([])
  expect(say('Created `src/a.ts`.', 'unrecorded')).toEqual([])
  expect(say('Updated `src/a.ts`.', 'recorded')).toEqual([
    'Claude says that it updated src/a.ts, but it did not change.',
  ])
  expect(say('Updated `src/a.ts`.', 'unrecorded')).toEqual([])
  expect(say('Deleted `src/a.ts`.', 'recorded')).toEqual([
    'Claude says that it deleted src/a.ts, but it is still there.',
  ])
  expect(say('Deleted `src/a.ts`.', 'absent')).toEqual([])
  expect(say('Updated `src/a.ts`.', 'recorded', { files: undefined })).toEqual([])
  expect(say('Updated `src/a.ts`.', 'recorded', { whereabouts: undefined })).toEqual([])
  expect(say('Updated `src/a.ts`.', 'recorded', { written: ['/home/me/app/src/a.ts'] })).toEqual([])
  expect(say('Updated `src/a.ts`.', 'recorded', { files: [{ path: 'app/src/a.ts', change: 'M' }] })).toEqual([])
})

test('Nothing changed is flagged where the task asks for a change and nobody says why there is none', () => {
  const none = { ...nothing, files: [] }
  expect(claims({ ...none, text: 'Done. The endpoint is in place and works.' })).toEqual([
    'No file was changed, although the task asks for a change.',
  ])
  for (const text of ['No changes were needed.', 'This is already implemented.', 'I could not find the file.'])
    expect(claims({ ...none, text })).toEqual([])
  for (const facts of [
    { expectsChange: false },
    { files: undefined },
    { gitWrites: ['branch main: 1 new commit'] },
    { written: ['/elsewhere/a'] },
  ]) {
    expect(claims({ ...none, text: 'Done.', ...facts })).toEqual([])
  }
})

test.each([
  ['Add a login endpoint', {}, true],
  ['Login', { instruction: 'Implement the login.' }, true],
  ['Fix the typo', { type: 'documentation' }, true],
  ['Investigate the crash', { instruction: 'Find out why.' }, false],
  ['Add numbers up', { run: ['expr 1 + 1'] }, false],
  ['Create a summary of the logs', {}, false],
  ['Login', { instruction: 'Look at src/login.ts.' }, false],
  ['Update', { type: 'research' }, false],
])('“%s” %o asks for a change: %s', (title, more, expected) => {
  expect(expectsChange({ title, instruction: '', ...more })).toBe(expected)
})

test('Where the facts support the words, nothing is flagged, whatever the words are', () => {
  const file = fc.constantFrom('src/a.ts', 'README.md', 'lib/deep/x.test.py', './b.json')
  const sentence = fc.oneof(
    fc
      .tuple(fc.constantFrom('Created', 'Updated', 'I deleted', '- Modified', 'I wrote the file'), file)
      .map(([verb, path]) => `${verb} \`${path}\`.`),
    fc.constantFrom('All tests pass.', 'I ran the tests: 12 passed.', 'Done.', 'The suite is green.'),
    fc.lorem(),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 8 }), fc.constantFrom(' ', '\n', '\n\n- '), (parts, glue) => {
      const text = parts.join(glue)
      const files = ['src/a.ts', 'README.md', 'lib/deep/x.test.py', 'b.json'].map((path) => ({
        path,
        change: 'M' as const,
      }))
      const whereabouts = new Map(claimedFiles(text).map(({ path }) => [path, 'recorded' as const]))
      const supported = claimedFiles(text).every(({ path }) => files.some((known) => known.path === path))
      const flags = claims({ ...nothing, text, files, whereabouts, commands: ['npm test'] })
      if (supported) expect(flags).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('Doubt about a command counts for the agent', () => {
  fc.assert(
    fc.property(fc.string(), (command) => void mayRunTests(command)),
    { numRuns: 300 },
  )
  for (const command of [
    'xargs npm test',
    'find . -name "*.test.ts" -exec node {} +',
    'env CI=1 make',
    '(cd x && ./gradlew check)',
    'git bisect run ./t',
  ]) {
    expect(mayRunTests(command)).toBe(true)
  }
  for (const command of ['git log', 'ls | wc -l', '# npm test', 'cargo add serde', 'X=1 cat f', 'npx eslint .'])
    expect(mayRunTests(command)).toBe(false)
})
