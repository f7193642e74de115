import { expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

/** Lists in the shapes that other programs and people write; the titles show whether their structure is kept. */
it.each([
  [
    'spec-kit',
    '# Tasks: Login\n\n**Input**: Design documents\n\n## Phase 3.1: Setup\n- [ ] T001 [P] Create project\n- [x] T002 Lint\n\n## Phase 3.2: Core\n- [ ] T003 Model in `src/user.ts`\n',
    [
      'Phase 3.1: Setup › T001 [P] Create project',
      'Phase 3.1: Setup › T002 Lint',
      'Phase 3.2: Core › T003 Model in src/user.ts',
    ],
  ],
  [
    'OpenSpec',
    '## 1. Implementation\n- [ ] 1.1 Create schema\n- [ ] 1.2 Add endpoint\n\n## 2. Tests\n- [ ] 2.1 Write tests\n',
    ['1. Implementation › 1.1 Create schema', '1. Implementation › 1.2 Add endpoint', '2. Tests › 2.1 Write tests'],
  ],
  [
    'Obsidian',
    '---\ntags: [daily]\ncreated: 2026-01-01\nstatus: open\n---\n# 2026-01-01\n\n- [ ] Call Anna 📅 2026-01-02\n- [x] Pay ✅ 2026-01-01\n',
    ['Call Anna 📅 2026-01-02', 'Pay ✅ 2026-01-01'],
  ],
  ['Notion', '# Roadmap\n\nOwner: me\n\n- [ ]  Ship it\n    - [ ]  Build\n- [x]  Plan\n', ['Ship it', 'Plan']],
  [
    'GitHub',
    '### Tasks\r\n\r\n- [ ] #12\r\n- [ ] Fix the bug\r\n  Steps below.\r\n\r\n### Definition of done\r\n\r\n* [ ] Tests\r\n',
    ['Tasks › #12', 'Tasks › Fix the bug', 'Definition of done › Tests'],
  ],
])('%s', (_, text, titles) => {
  const { specs, problems } = parseTaskFile(text, 'a.md')
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(problems.length).toBeLessThan(2)
  expect(specs.map(({ title }) => title)).toEqual(titles)
})
