import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callsBaton } from '../../src/claude/asks/calls-baton.ts'
import { matchesRule, taskRule } from '../../src/claude/asks/task-rule.ts'

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

  it('is for one file alone where an edit was asked for because undo could not bring it back', () => {
    const input = { file_path: 'data/my.db' }
    const rule = taskRule('Edit', input, CWD, true)
    expect(rule).toBe(`Edit(${CWD}/data/my.db)`)
    expect(matchesRule(rule as string, 'Write', input, CWD, true)).toBe(true)
    expect(matchesRule(rule as string, 'Edit', { file_path: 'data/other.db' }, CWD, true)).toBe(false)
    // What was granted for the project does not cover it.
    expect(matchesRule('Edit(./**)', 'Edit', input, CWD, true)).toBe(false)
    expect(matchesRule('Edit(./**)', 'Edit', input, CWD)).toBe(true)
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

  it('is for one kind of command, and not for one that only begins with the same flag', () => {
    for (const command of [
      'npm run --prefix sub',
      'npm run --silent',
      'gradle test -x',
      'mvn test -q',
      'dotnet test -v',
    ])
      expect(bash(command)).toBe(`Bash(${command})`)
    expect(matchesRule('Bash(npm run --prefix:*)', 'Bash', { command: 'npm run --prefix other' }, CWD)).toBe(false)
  })

  it('covers no file whose name keeps it out, wherever the name leads', () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-rule-')))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    for (const folder of ['shop/src', 'shop/.config', 'else']) mkdirSync(join(dir, folder), { recursive: true })
    writeFileSync(join(dir, 'shop/src/a.ts'), '')
    symlinkSync(join(dir, 'shop/src/a.ts'), join(dir, 'shop/.config/a.ts'))
    symlinkSync(join(dir, 'shop/src/a.ts'), join(dir, 'else/a.ts'))
    for (const name of ['.config/a.ts', '../else/a.ts']) {
      const input = { file_path: name }
      expect(matchesRule('Edit(./**)', 'Edit', input, join(dir, 'shop')), name).toBe(false)
      // The file that is there now, and not whatever the link leads to another day.
      expect(taskRule('Edit', input, join(dir, 'shop')), name).toBe(`Edit(${dir}/shop/src/a.ts)`)
    }
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

  it.each([
    'npm test --prefix ..',
    'npm run build --script-shell ./evil.sh',
    'npm test --node-options --require=./x.js',
    'npx eslint --plugin x src',
    'npx eslint -c other.js src',
    'npx eslint -o src/app.ts src',
    'npx tsc --outDir ../elsewhere',
    'npx tsc -p ../other',
    'npx vitest --config other.ts',
    'npx jest --require ./x.js',
    'npx prettier --plugin=./x.js .',
    'go test -exec ./evil ./...',
    'go build -o /usr/local/bin/ls',
    'go vet -vettool=./x',
    'cargo test --manifest-path ../x/Cargo.toml',
    'cargo build --config x.toml',
    'gradle test --init-script x.gradle',
    'gradle test publish',
    './gradlew test -I x.gradle',
    'mvn test exec:java',
    'mvn test -s x.xml',
    'dotnet test --logger x',
    'python -m pytest -p evil',
    'pytest --import-mode=importlib',
    'pytest --rootdir=/',
    'pytest ../other',
    'pytest /etc',
    'npm test -- /etc/passwd',
    'npm test -- --grep=../../x',
  ])('is for %j exactly that command, which no wider grant covers', (command) => {
    expect(bash(command)).toBe(`Bash(${command})`)
    const wider = /^(\S+ (-m )?\S+|pytest)/.exec(command)?.[0]
    expect(matchesRule(`Bash(${wider}:*)`, 'Bash', { command }, CWD)).toBe(false)
  })

  it.each([
    'npm test -- -t login',
    'npx vitest run --coverage src/a.test.ts',
    'go test -race ./...',
    'pytest -k login -x',
  ])('covers with %j what only chooses tests', (command) => expect(bash(command)).toMatch(/:\*\)$/))

  it('never covers Baton itself, whatever it is called by', () => {
    const dir = folder()
    const program = join(dir, '..', 'program')
    symlinkSync(program, join(dir, 'innocent'))
    const scripts = {
      go: 'npm run deep',
      deep: "sh -c 'npx baton approve 1'",
      build: 'tsc',
      prelint: 'baton',
      lint: 'eslint',
    }
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ scripts }))
    const commands = [
      'npm run baton -- approve 1',
      'npx baton approve 1',
      'npx baton-tasks@latest approve 1',
      'npx --yes baton-tasks approve 1',
      './node_modules/.bin/baton approve 1',
      'node node_modules/baton-tasks/bin/baton.js approve 1',
      "sh -c 'npm run baton -- approve 1'",
      'sh -c "exec \\baton approve 1"',
      'echo $(ba"to"n approve 1)',
      'cd .. && npx baton approve 1',
      'npm run go',
      'npm run lint',
      'pnpm run deep',
      'yarn go',
    ]
    for (const command of commands) {
      expect(taskRule('Bash', { command }, dir), command).toBeUndefined()
      expect(matchesRule(`Bash(${command})`, 'Bash', { command }, dir), command).toBe(false)
      expect(matchesRule('Bash(npm run go:*)', 'Bash', { command }, dir), command).toBe(false)
    }
    for (const command of [`node ${program}/src/main.ts`, 'node innocent/src/main.ts', 'node ../program/src/main.ts'])
      expect(callsBaton(command, dir, program), command).toBe(true)
    for (const command of ['npm run build', 'ls batons', 'node src/main.ts']) {
      expect(callsBaton(command, dir, program), command).toBe(false)
      expect(taskRule('Bash', { command }, dir), command).toBeDefined()
    }
    // A project in Baton's own folder is still a project.
    expect(callsBaton('node src/main.ts', dir, join(dir, '..'))).toBe(false)
  })

  it('follows links before it compares', () => {
    const dir = folder()
    mkdirSync(join(dir, 'src'))
    writeFileSync(join(dir, '..', 'outside.ts'), '')
    writeFileSync(join(dir, 'src/a.ts'), '')
    symlinkSync('..', join(dir, 'up'))
    symlinkSync('../outside.ts', join(dir, 'harmless.ts'))
    symlinkSync('.git', join(dir, 'docs'))
    symlinkSync('src', join(dir, 'lib'))
    linkSync(join(dir, '..', 'outside.ts'), join(dir, 'second.ts'))
    const covered = (path: string) => matchesRule('Edit(./**)', 'Edit', { file_path: join(dir, path) }, dir)
    for (const path of ['up/outside.ts', 'harmless.ts', 'docs/config', 'second.ts', 'up/new.ts'])
      expect(covered(path), path).toBe(false)
    for (const path of ['src/a.ts', 'lib/a.ts', 'src/new.ts', 'new/new.ts']) expect(covered(path), path).toBe(true)
    expect(bash('npm test -- up/outside.ts')).toBeDefined()
    expect(matchesRule('Bash(npm test:*)', 'Bash', { command: 'npm test -- up/outside.ts' }, dir)).toBe(false)
    // What was shown is the file at the end of the link: a link that is turned round is another file.
    const rule = taskRule('Read', { file_path: 'harmless.ts' }, dir) as string
    expect(rule).toBe(`Read(${join(dir, '..', 'outside.ts')})`)
    rmSync(join(dir, 'harmless.ts'))
    symlinkSync('../other.ts', join(dir, 'harmless.ts'))
    expect(matchesRule(rule, 'Read', { file_path: 'harmless.ts' }, dir)).toBe(false)
  })
})

function folder(): string {
  const above = realpathSync(mkdtempSync(join(tmpdir(), 'baton-grants-')))
  onTestFinished(() => rmSync(above, { recursive: true, force: true }))
  for (const name of ['project', 'program/src']) mkdirSync(join(above, name), { recursive: true })
  return join(above, 'project')
}
