import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

/** A deployment is all that its task does. */
const workOf = (head: string) => (head.includes('**Deploy:**') ? '' : '**Claude Instruction:**\ndo\n')
const withHead = (head: string) => parseTaskFile(`## Task 1: x\n${head}\n${workOf(head)}`, 'a.md')
const specOf = (head: string) => {
  const { specs, problems } = withHead(head)
  expect(problems).toEqual([])
  return specs[0]!
}
const problemsOf = (head: string) => withHead(head).problems

describe('the value of a field', () => {
  it.each([
    ['**Type:** backend', { type: 'backend' }],
    ['**Type**: backend', { type: 'backend' }],
    ['**TYPE:** `backend`  ', { type: 'backend' }],
    ['__type__: backend\\', { type: 'backend' }],
    ['   **Type:** backend <!-- or frontend -->', { type: 'backend' }],
    ['**Type:**\nbackend', { type: 'backend' }],
    ['**Priority:** HIGH', { priority: 'high' }],
    ['**priority:** low', { priority: 'low' }],
    ['**Requires Approval:** true', { requiresApproval: true }],
    ['**requires_approval:** Yes', { requiresApproval: true }],
    ['**RequiresApproval:** no', { requiresApproval: false }],
    ['**requires-approval:** FALSE', { requiresApproval: false }],
    ['**Model:** claude-opus-4-1', { model: 'claude-opus-4-1' }],
    ['**Effort:** High', { effort: 'high' }],
    ['**Agent:** reviewer', { agent: 'reviewer' }],
    ['**Permission Mode:** acceptedits', { permissionMode: 'acceptEdits' }],
    [
      '**Allowed Tools:** Edit, Bash(npm test:*, npm run lint), `Read`',
      { allowedTools: ['Edit', 'Bash(npm test:*, npm run lint)', 'Read'] },
    ],
    ['**Allowed Tools:**\n- Edit\n- Read', { allowedTools: ['Edit', 'Read'] }],
    ['**Max Turns:** 12', { maxTurns: 12 }],
    ['**Budget:** $2.50', { budgetUsd: 2.5 }],
    ['**Budget:** 3 USD', { budgetUsd: 3 }],
    ['**Timeout:** 90s', { timeoutMs: 90_000 }],
    ['**Timeout:** 20m', { timeoutMs: 1_200_000 }],
    ['**Timeout:** 1h 30m', { timeoutMs: 5_400_000 }],
    ['**Retries:** 0', { retries: 0 }],
    ['**Directory:** packages/web', { directory: 'packages/web' }],
    ['**Machine:** label:gpu', { machine: 'label:gpu' }],
    ['**Branch:** feature/login-42', { branch: 'feature/login-42' }],
    ['**Files:** src/auth/**, `test/auth.test.ts`', { files: ['src/auth/**', 'test/auth.test.ts'] }],
    ['**Files:**\n- src/a.ts\n- src/b.ts', { files: ['src/a.ts', 'src/b.ts'] }],
    ['**Files:** none', { files: [] }],
    ['**Verify First:** true', { verifyFirst: true }],
    ['**verify_first:** no', { verifyFirst: false }],
    ['**Prove:** new-tests', { prove: 'new-tests' }],
    ['**Prove:** off', { prove: 'off' }],
    ['**Role:** ops', { role: 'ops' }],
    ['**Deploy:** production', { deploy: 'production' }],
    ['**Artifact:** dist/app.tgz', { artifact: ['dist/app.tgz'] }],
    ['**Description:** one\ntwo\n\nthree', { description: 'one\ntwo\n\nthree' }],
    ['**Acceptance Criteria:** all of it works', { criteria: ['all of it works'] }],
    [
      '**Acceptance Criteria:**\n1. a\n2. b\n   wrapped\n\n   - nested\n3. [ ] c',
      { criteria: ['a', 'b\nwrapped\n\n- nested', 'c'] },
    ],
    ['**Acceptance Criteria:**\n- a\nwrapped', { criteria: ['a\nwrapped'] }],
    ['**Verify:** npm test', { verify: ['npm test'] }],
    ['**Verify:** `npm test`, `npm run lint`', { verify: ['npm test', 'npm run lint'] }],
    ['**Verify:**\nnpm test\nnpm run lint', { verify: ['npm test', 'npm run lint'] }],
    ['**Verify:**\n- `npm test`\n* npm run "a, b"', { verify: ['npm test', 'npm run "a, b"'] }],
    [
      '**Verify:**\n```sh\n# first\nnpm test\n\nnpm run \\\n  lint\n```',
      { verify: ['set -e\n# first\nnpm test\n\nnpm run \\\n  lint'] },
    ],
    ['**Verify:**\n\n~~~\necho "\n**Type:** x"\n~~~', { verify: ['set -e\necho "\n**Type:** x"'] }],
    ['**Verify:**\n- ```\n  npm test\n  ```', { verify: ['npm test'] }],
    ['**Verify:**\n```\nset -e\ncd web\nnpm test\n```', { verify: ['set -e\ncd web\nnpm test'] }],
    ['**Verify:**\n```\ncat <<EOF\nx\nEOF\n```', { verify: ['set -e\ncat <<EOF\nx\nEOF'] }],
    ['**Verify:** none', { verify: [] }],
    ['**Verify:**', { verify: [] }],
  ])('%j is read', (head, expected) => {
    expect(specOf(head)).toMatchObject(expected)
  })

  it.each([
    ['**Priority:** urgent', 15, 'Priority cannot be "urgent"', 'high, medium or low'],
    ['**Priority:**', 14, 'Priority has no value', 'high, medium or low'],
    ['**Requires Approval:** maybe', 24, 'Requires Approval cannot be "maybe"', 'true, false, yes or no'],
    ['**Verify First:** later', 19, 'Verify First cannot be "later"', 'true, false, yes or no'],
    ['**Prove:** it', 12, 'Prove cannot be "it"', 'new-tests or off'],
    ['**Branch:** --force', 13, 'Branch cannot be "--force"', 'git branch'],
    ['**Branch:** a..b', 13, 'Branch cannot be "a..b"', 'git branch'],
    ['**Branch:** x.lock', 13, 'Branch cannot be "x.lock"', 'git branch'],
    ['**Deploy:** two words', 13, 'Deploy cannot be "two words"', 'environment'],
    ['**Effort:** hihg', 13, 'Effort cannot be "hihg"', 'low, medium, high'],
    ['**Permission Mode:** acceptEdit', 22, 'Permission Mode cannot be "acceptEdit"', 'acceptEdits'],
    ['**Max Turns:** 0', 16, 'Max Turns cannot be "0"', 'whole number'],
    ['**Max Turns:** 1.5', 16, 'Max Turns cannot be "1.5"', 'whole number'],
    ['**Budget:** much', 13, 'Budget cannot be "much"', 'USD'],
    ['**Budget:** -1', 13, 'Budget cannot be "-1"', 'USD'],
    ['**Timeout:** 20', 14, 'Timeout cannot be "20"', 'unit'],
    ['**Timeout:** 8d', 14, 'Timeout cannot be "8d"', 'at most 7d'],
    ['**Retries:** -1', 14, 'Retries cannot be "-1"', 'whole number'],
    ['**Model:** a b', 12, 'Model cannot be "a b"', 'name of a model'],
    ['**Status:** nearly', 13, 'Status cannot be "nearly"', 'done'],
    ['**Type:** a **Priority:** high', 11, 'Priority is on the same line as Type', 'on its own line'],
  ])('%j is an error at its place', (head, column, message, hint) => {
    expect(problemsOf(head)).toMatchObject([
      {
        file: 'a.md',
        line: 2,
        column,
        severity: 'error',
        message,
        hint: expect.stringContaining(hint),
        sourceLine: head,
      },
    ])
  })

  it('may not be given twice', () => {
    expect(problemsOf('**Type:** a\n**type:** b')).toMatchObject([
      {
        line: 3,
        column: 3,
        severity: 'error',
        message: 'Type appears twice in this task',
        hint: expect.stringContaining('line 2'),
      },
    ])
  })
})

describe('the fields of a task', () => {
  it('stand in any order, on consecutive lines or apart, right below a list too', () => {
    const spec = specOf(
      '**Verify:**\n- npm test\n**Acceptance Criteria:**\n- a\n- b\n**Priority:** low\n\n**Type:** x\n**Description:** y',
    )
    expect(spec).toMatchObject({
      verify: ['npm test'],
      criteria: ['a', 'b'],
      priority: 'low',
      type: 'x',
      description: 'y',
    })
  })

  it('do not lose the prose between them: it belongs to the description', () => {
    const spec = specOf(
      'First of all.\n**Type:** x\nMore of it.\n**Description:** Then.\n**Verify:** these must pass:\n- npm test\n\nAnd last.\n',
    )
    expect(spec).toMatchObject({ type: 'x', verify: ['npm test'] })
    expect(spec.description).toBe('First of all.\n\nMore of it.\n\nThen.\n\nthese must pass:\nAnd last.')
  })

  it('are none inside of code, HTML, quotes and lists', () => {
    const spec = specOf(
      '**Description:** y\n\n```\n**Type:** a\n```\n\n<!--\n**Type:** b\n-->\n\n> **Type:** c\n\n- x\n\n  **Type:** d\n\n      **Type:** e',
    )
    expect(spec.type).toBeUndefined()
  })
})

describe('an unknown field', () => {
  it.each([
    ['**Prioritiy:** high', 'Did you mean "Priority"?'],
    ['**Dependson:** 1', undefined],
    ['**Depend On:** 1', 'Did you mean "Depends On"?'],
    ['**Criteria:** x', '"Acceptance Criteria"'],
    ['**Tools:** x', '"Allowed Tools"'],
    ['**Owner:** Anna', 'The nearest known field is'],
    ['**Description:** y\n**Estimate:** 3h', 'The nearest known field is'],
    ['**Verify:**\n- npm test\n\n**Estimate:** 3h', 'The nearest known field is'],
  ])('%j is a warning with the nearest name', (head, hint) => {
    const warnings = problemsOf(head).filter(({ severity }) => severity === 'warning')
    expect(warnings).toMatchObject(
      hint === undefined
        ? []
        : [{ message: expect.stringContaining('Unknown field'), hint: expect.stringContaining(hint) }],
    )
  })

  it('is kept as part of the description', () => {
    expect(withHead('**Owner:** Anna').specs[0]?.description).toBe('**Owner:** Anna')
  })

  it.each([
    ['**Description:** It goes on\nand on.\n**Important:** mind the gap.'],
    ['Some prose.\n\n**Background:** long ago.'],
    ['**Description:** It is **bold:** inside.'],
    ['**Description:** x\n\n**A whole sentence that happens to end in a colon and is long:** y'],
    ['**Bold** words: here'],
  ])('is not seen in the prose %j', (head) => {
    expect(problemsOf(head)).toEqual([])
  })

  it('is seen in prose when it is a slip of a known name', () => {
    expect(problemsOf('Some prose.\n**Prioritty:** high')).toMatchObject([{ severity: 'warning', line: 3 }])
  })
})

describe('a section that looks like a task', () => {
  it.each([
    ['## Add a login\n**Claude Instuction:** x', 'Did you mean "Claude Instruction"?'],
    ['## Add a login\n**Priority:** high', 'is context for all tasks'],
  ])('%j is a warning', (section, hint) => {
    const { problems } = parseTaskFile(`## Task 1: x\n**Run:** y\n\n${section}\n`, 'a.md')
    expect(problems).toMatchObject([{ severity: 'warning', hint: expect.stringContaining(hint) }])
  })
})
