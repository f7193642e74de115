import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesRule, taskRule } from '../../src/claude/task-rule.ts'

const CWD = '/home/anna/shop'
const bash = (command: string) => taskRule('Bash', { command }, CWD)

describe('the rule that "Allow for this task" grants', () => {
  it.each([
    ['npm test', 'Bash(npm test:*)'],
    ['npm test -- login', 'Bash(npm test:*)'],
    ['npm run build', 'Bash(npm run build:*)'],
    ['cargo test --all', 'Bash(cargo test:*)'],
    ['npx vitest run src', 'Bash(npx vitest:*)'],
    ['python -m pytest tests', 'Bash(python -m pytest:*)'],
    ['npm install left-pad', 'Bash(npm install left-pad)'],
    ['node build.js', 'Bash(node build.js)'],
    ['rm -rf dist', 'Bash(rm -rf dist)'],
    ['cat /etc/passwd', 'Bash(cat /etc/passwd)'],
    ['npm test && npm publish', 'Bash(npm test && npm publish)'],
    ['npm test | tee log', 'Bash(npm test | tee log)'],
    ['npm test > log', 'Bash(npm test > log)'],
    ['npm test $(whoami)', 'Bash(npm test $(whoami))'],
    ['npm test\nrm x', 'Bash(npm test\nrm x)'],
    ['npm run --prefix /tmp x', 'Bash(npm run --prefix /tmp x)'],
    ['FOO=1 npm test', 'Bash(FOO=1 npm test)'],
  ])('for %j is %j', (command, rule) => {
    expect(bash(command)).toBe(rule)
    expect(matchesRule(rule, 'Bash', { command }, CWD)).toBe(true)
  })

  it('covers the same kind of command and no other', () => {
    const rule = 'Bash(npm test:*)'
    const covers = (command: string) => matchesRule(rule, 'Bash', { command }, CWD)
    expect(covers('npm test -- other')).toBe(true)
    for (const command of [
      'npm testx',
      'npm install',
      'npm test; rm x',
      'npm test `id`',
      'npm test "a"',
      ' ; npm test',
    ]) {
      expect(covers(command)).toBe(false)
    }
  })

  it('never covers what runs outside of the sandbox or in the background', () => {
    for (const flags of [{ dangerouslyDisableSandbox: true }, { run_in_background: true }]) {
      expect(taskRule('Bash', { command: 'npm test', ...flags }, CWD)).toBeUndefined()
      expect(matchesRule('Bash(npm test:*)', 'Bash', { command: 'npm test', ...flags }, CWD)).toBe(false)
    }
  })

  it('is not offered for an exact command whose end reads as "and everything that begins so"', () => {
    expect(bash('echo x:*')).toBeUndefined()
  })

  it('is all edits inside the project, and else one file', () => {
    const edit = (path: string) => taskRule('Edit', { file_path: path }, CWD)
    expect(edit('/home/anna/shop/src/a.ts')).toBe('Edit(./**)')
    expect(edit('src/a.ts')).toBe('Edit(./**)')
    expect(taskRule('Write', { file_path: 'b.ts' }, CWD)).toBe('Edit(./**)')
    expect(edit('/etc/hosts')).toBe('Edit(/etc/hosts)')
    expect(edit('/home/anna/shop-two/a.ts')).toBe('Edit(/home/anna/shop-two/a.ts)')
    expect(edit('src/../../x.ts')).toBe('Edit(/home/anna/x.ts)')
    for (const path of ['.git/config', '.claude/settings.json', '.env', 'a/.husky/pre-commit', 'node_modules/x/a.js']) {
      expect(edit(path)).toBe(`Edit(${CWD}/${path})`)
      expect(matchesRule('Edit(./**)', 'Edit', { file_path: path }, CWD)).toBe(false)
    }
  })

  it('is the host for a page, the tool for a service', () => {
    expect(taskRule('WebFetch', { url: 'https://docs.example.com/a' }, CWD)).toBe('WebFetch(domain:docs.example.com)')
    expect(matchesRule('WebFetch(domain:example.com)', 'WebFetch', { url: 'https://example.com.evil.org' }, CWD)).toBe(
      false,
    )
    expect(taskRule('WebFetch', { url: 'not an address' }, CWD)).toBeUndefined()
    expect(taskRule('mcp__github__get_issue', { number: 1 }, CWD)).toBe('mcp__github__get_issue')
    expect(matchesRule('mcp__github__get_issue', 'mcp__github__delete', {}, CWD)).toBe(false)
    expect(taskRule('Unheard', {}, CWD)).toBeUndefined()
  })

  it('covers nothing of another tool', () => {
    expect(matchesRule('Bash(npm test:*)', 'Edit', { file_path: 'a' }, CWD)).toBe(false)
    expect(matchesRule('Edit(./**)', 'Bash', { command: './**' }, CWD)).toBe(false)
  })

  it('covers the call it was made for, and commands with operators only exactly', () => {
    const piece = fc.constantFrom(
      'npm',
      'test',
      'run',
      'x',
      '&&',
      ';',
      '|',
      '>',
      '$(',
      ')',
      '`',
      '\n',
      '-x',
      "'",
      '"',
      '*',
    )
    const command = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(' '))
    fc.assert(
      fc.property(command, command, (one, other) => {
        const rule = bash(one)
        if (rule === undefined) return
        expect(matchesRule(rule, 'Bash', { command: one }, CWD)).toBe(true)
        const isPlain = !/[&;|>$`\n'"*)]/.test(other)
        if (one !== other && matchesRule(rule, 'Bash', { command: other }, CWD)) expect(isPlain).toBe(true)
      }),
    )
  })
})
