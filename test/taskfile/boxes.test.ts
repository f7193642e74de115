import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const parse = (text: string) => parseTaskFile(text, 'list.md')

describe('a list of check boxes', () => {
  it('has a task for each top-level box, its nested content included', () => {
    const { specs, problems } = parse(
      '# Today\n\n- [ ] Fix `login`\n  - on the phone\n\n  and *soon*\n- [x] Done\n* [X] Done, too\n1. [ ] Numbered\n\nLater.\n',
    )
    expect(problems).toEqual([])
    expect(specs).toMatchObject([
      {
        form: 'checkbox',
        key: 'Fix login',
        title: 'Fix login',
        line: 3,
        done: false,
        instruction: 'Fix `login`\n  - on the phone\n\n  and *soon*',
      },
      { title: 'Done', done: true },
      { title: 'Done, too', done: true },
      { title: 'Numbered', line: 9, done: false, instruction: 'Numbered' },
    ])
    expect(specs[0]?.context).toBe('# Today\n\nLater.')
  })

  it('leaves out boxes inside of items, quotes and code, and items without a box', () => {
    const { specs, context } = parse(
      '- plain\n  - [ ] nested\n\n> - [ ] quoted\n\n```\n- [ ] code\n```\n\n- [ ] the only one\n- [] none\n- [ ]\n',
    )
    expect(specs.map(({ title }) => title)).toEqual(['the only one'])
    expect(context).toContain('- plain\n  - [ ] nested')
  })

  it('keeps apart boxes of the same text', () => {
    expect(parse('- [x] Test\n- [ ] Test\n').specs.map(({ key, done }) => [key, done])).toEqual([
      ['Test', true],
      ['Test (2)', false],
    ])
  })

  it('is content in a file that has task sections', () => {
    const { specs } = parse('- [ ] a\n\n## Task 1: x\n**Claude Instruction:**\n- [ ] b\n')
    expect(specs).toMatchObject([{ form: 'section', instruction: '- [ ] b', context: '- [ ] a' }])
  })
})
