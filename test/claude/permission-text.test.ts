import { applyPatch } from 'diff'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permissionText } from '../../src/claude/asks/permission-text.ts'

const CWD = '/home/anna/shop'
const FILE = '/home/anna/shop/src/a.ts'

describe('what a person sees before allowing a call', () => {
  it('is the command byte for byte, with its description beside it', () => {
    const command = `\n echo ${'x'.repeat(10_000)} && rm -rf / # \u202e\n\n`
    const { description, text, remark } = permissionText('Bash', { command, description: 'Prints\nmuch' }, CWD)
    expect({ description, text, remark }).toEqual({ description: 'Prints\nmuch', text: command, remark: undefined })
  })

  it('names what is unusual about a command', () => {
    const { title, text, remark } = permissionText(
      'Bash',
      { command: 'ls', dangerouslyDisableSandbox: true, timeout: 5 },
      CWD,
    )
    expect(title).toBe('Run outside of the sandbox: ls')
    expect(text).toBe('ls')
    expect(remark).toContain('"timeout": 5')
    expect(remark).toContain('"dangerouslyDisableSandbox": true')
  })

  it.each([
    ['npm test', 'Run npm test'],
    [' npm test\n', 'Run npm test'],
    [`echo ${'x'.repeat(100)}`, `Run echo ${'x'.repeat(66)}…`],
    ['set -e\nrm -rf build', 'Run a 2-line script'],
    [Array.from({ length: 60 }, () => 'true').join('\n'), 'Run a 60-line script'],
    ['', 'Run a command'],
  ])('has a title that says what the command %j is', (command, title) => {
    expect(permissionText('Bash', { command }, CWD).title).toBe(title)
  })

  it('is the diff of an edit, with its surroundings where the file is known', () => {
    const before = 'one\ntwo\nthree\nfour\nfive\n'
    const { title, text } = permissionText(
      'Edit',
      { file_path: FILE, old_string: 'three', new_string: 'THREE' },
      CWD,
      before,
    )
    expect(title).toBe('Edit src/a.ts')
    expect(text).toBe('--- src/a.ts\n+++ src/a.ts\n@@ -1,5 +1,5 @@\n one\n two\n-three\n+THREE\n four\n five')
  })

  it('shows an edit by itself where the file is not known or does not fit', () => {
    const input = { file_path: FILE, old_string: 'a\nb', new_string: 'a\nc', replace_all: true }
    for (const before of [undefined, 'something else']) {
      const { text } = permissionText('Edit', input, CWD, before)
      expect(text).toContain('src/a.ts (every occurrence)')
      expect(text).toContain('-b')
      expect(text).toContain('+c')
    }
  })

  it('takes replacement text as it is, dollar signs included', () => {
    const { text } = permissionText('Edit', { file_path: FILE, old_string: 'x', new_string: "$& $1 $'" }, CWD, 'x\n')
    expect(text).toContain("+$& $1 $'")
  })

  it('shows all of several edits in one diff', () => {
    const edits = [
      { old_string: 'one', new_string: '1' },
      { old_string: 'two', new_string: '2' },
    ]
    const { text } = permissionText('MultiEdit', { file_path: FILE, edits }, CWD, 'one\ntwo\n')
    expect(text).toContain('-one\n-two\n+1\n+2')
  })

  it('is a diff that gives the written file, whatever both are', () => {
    const content = fc.array(fc.stringMatching(/^[a-c ]{0,4}$/), { maxLength: 12 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(content, content, (before, after) => {
        const { text } = permissionText('Write', { file_path: FILE, content: after }, CWD, before)
        if (before !== after) expect(applyPatch(before, `${text}\n`)).toBe(after)
      }),
    )
  })

  it('shows two long files that have nothing in common whole, and does not compare them line by line for minutes', () => {
    const lines = (word: string) => Array.from({ length: 30_000 }, (_, i) => `${word} ${i * 7919}`).join('\n')
    const { text } = permissionText('Write', { file_path: FILE, content: lines('new') }, CWD, lines('old'))
    for (const line of [`+new 0`, `+new ${29_999 * 7919}`]) expect(text.includes(line)).toBe(true)
  })

  it('is the whole input of a tool that it does not know', () => {
    const input = { owner: 'anna', body: 'x'.repeat(5_000), nested: { deep: [1, 2] } }
    const { title, text } = permissionText('mcp__github__create_issue', input, CWD)
    expect(title).toBe('Use create_issue (github)')
    expect(JSON.parse(text)).toEqual(input)
  })

  it('holds the address and the purpose of a fetch', () => {
    const { text } = permissionText('WebFetch', { url: 'https://example.com/a?b=c', prompt: 'Summarise' }, CWD)
    expect(text).toBe('URL: https://example.com/a?b=c\n\nSummarise')
  })

  it('holds every string of every input', () => {
    const tools = fc.constantFrom('Bash', 'WebFetch', 'WebSearch', 'ExitPlanMode', 'Read', 'mcp__a__b', 'Unheard')
    const word = fc.stringMatching(/^[A-Za-z0-9]{3,12}$/)
    const names = fc.constantFrom('command', 'description', 'url', 'prompt', 'query', 'plan', 'extra', 'file_path')
    fc.assert(
      fc.property(tools, fc.dictionary(names, word), (tool, input) => {
        const { description, text, remark } = permissionText(tool, input, CWD)
        const all = [description, text, remark].join('\n')
        for (const value of Object.values(input)) expect(all).toContain(value)
      }),
    )
  })
})
