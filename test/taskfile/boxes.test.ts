import { describe, expect, it } from 'vitest'
import { taskPrompt } from '../../src/claude/start/prompt.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const parse = (text: string) => parseTaskFile(text, 'list.md')

describe('a list of check boxes', () => {
  it('has a task for each top-level box, its nested content included', () => {
    const { specs, problems } = parse(
      '# Today\n\n- [ ] Fix `login`\n  - on the phone\n\n  and *soon*\n- [x] Done\n* [X] Done, too\n1. [ ] Numbered\n\n## Notes\n\nLater.\n',
    )
    expect(problems).toEqual([])
    expect(specs).toMatchObject([
      {
        origin: { form: 'checkbox', ref: 'Fix login', line: 3 },
        title: 'Fix login',
        done: false,
        instruction: 'Fix `login`\n  - on the phone\n\n  and *soon*',
      },
      { title: 'Done', done: true },
      { title: 'Done, too', done: true },
      { title: 'Numbered', origin: { line: 9 }, done: false, instruction: 'Numbered' },
    ])
    expect(specs[0]?.context).toBe('# Today\n\n## Notes\n\nLater.')
  })

  it('leaves out boxes inside of items, quotes and code, and items without a box', () => {
    const { specs, context } = parse(
      '- plain\n  - [ ] nested\n\n> - [ ] quoted\n\n```\n- [ ] code\n```\n\n- [ ] the only one\n- [] none\n- [ ]\n',
    )
    expect(specs.map(({ title }) => title)).toEqual(['the only one'])
    expect(context).toContain('- plain\n  - [ ] nested')
  })

  it('keeps apart boxes of the same text', () => {
    expect(parse('- [x] Test\n- [ ] Test\n').specs.map(({ origin, done }) => [origin.ref, done])).toEqual([
      ['Test', true],
      ['Test (2)', false],
    ])
  })

  it('belongs to the headings above it, and has what stands unindented below it', () => {
    const { specs, problems } = parse(
      '# Plan\n\n## Backend\n- [ ] Add tests\n\nFor the `api`.\n\n```sh\n- [ ] code\n```\n\n- [x] Lint\n\n### Auth\n- [ ] Log in\n\nFrontend\n--------\n- [ ] Add tests\n\n---\n\nOutside.\n',
    )
    expect(problems).toEqual([])
    expect(specs.map(({ title, instruction }) => [title, instruction])).toEqual([
      ['Backend › Add tests', 'Add tests\n\nFor the `api`.\n\n```sh\n- [ ] code\n```'],
      ['Backend › Lint', 'Lint'],
      ['Backend › Auth › Log in', 'Log in'],
      ['Frontend › Add tests', 'Add tests'],
    ])
    const prompts = specs.map((spec) => taskPrompt({ ...spec, context: '' }))
    expect(new Set(prompts).size).toBe(4)
    expect(prompts[3]).toContain('Frontend › Add tests')
  })

  it.each([
    '- [~] a',
    '- [-] a',
    '- [/] a',
    '- [!] a',
    '- [] a',
    '- [ x ] a',
    '- [✓] a',
    '- [  ] a',
    '* [x]a',
    '-[ ] a',
    '[ ] a',
    '1. [~] a',
    '1)[ ] a',
    '- [ ]',
    '• [ ] a',
    '– [ ] a',
    '- [ ]\u00a0a',
    '-\u00a0[ ] a',
    '- ［ ］ a',
    '- [х] a',
  ])('is not what only looks like one, and that is told: %j', (line) => {
    const { specs, problems } = parse(`- [ ] real\n\n## More\n\n${line}\n`)
    expect(specs).toHaveLength(1)
    expect(problems).toMatchObject([{ severity: 'warning', line: 5, hint: expect.any(String) }])
  })

  it.each(['- [a](b)', '- [docs][1]', '[1]: http://a', '- [^1]: x', '- plain', '- [1] Knuth', '- [WIP] a', '- a[0]'])(
    'has nothing to do with %j',
    (line) => {
      expect(parse(`- [ ] real\n\n## More\n\n${line}\n`).problems).toEqual([])
    },
  )

  it('is content in a file that has task sections', () => {
    const { specs } = parse('- [ ] a\n\n## Task 1: x\n**Claude Instruction:**\n- [ ] b\n')
    expect(specs).toMatchObject([{ origin: { form: 'section' }, instruction: '- [ ] b', context: '- [ ] a' }])
  })
})
