import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const read = (field: string) => parseTaskFile(`## Task 1: A\n${field}\n\n**Claude Instruction:**\nx\n`, 'a.md')
const verifyOf = (field: string) => {
  const { specs, problems } = read(`**Verify:**\n${field}`)
  expect(problems).toEqual([])
  return specs[0]!.verify
}

describe('a fenced block', () => {
  it('is one script that stops at its first failure, so that nothing is removed outside of the folder', () => {
    const [script, ...others] = verifyOf('```sh\nmkdir -p build\ncd build\nrm -f *\n```')
    expect(others).toEqual([])
    expect(script).toBe('set -e\nmkdir -p build\ncd build\nrm -f *')
    const folder = mkdtempSync(join(tmpdir(), 'baton-script-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, 'precious'), 'x')
    execFileSync('/bin/sh', ['-c', script!], { cwd: folder })
    expect(existsSync(join(folder, 'precious'))).toBe(true)
    // `cd` cannot succeed: what follows must not run.
    rmSync(join(folder, 'build'), { recursive: true })
    writeFileSync(join(folder, 'build'), 'a file')
    expect(spawnSync('/bin/sh', ['-c', script!], { cwd: folder }).status).not.toBe(0)
    expect(existsSync(join(folder, 'precious'))).toBe(true)
  })

  it.each([
    ['export A=1\ntest "$A" = 1'],
    ['for i in 1 2; do\n  test -n "$i"\ndone'],
    ['printf "a\\nb\\n" |\n  grep b'],
    ['cat <<EOF | grep x\nx\nEOF'],
    ['mkdir -p d\ncd d\ntest "$(basename "$PWD")" = d'],
  ])('has lines that depend on each other: %j', (body) => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-script-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(join(folder, 'w'))
    const [script, ...others] = verifyOf(`\`\`\`sh\n${body}\n\`\`\``)
    expect(others).toEqual([])
    expect(spawnSync('/bin/sh', ['-c', script!], { cwd: join(folder, 'w') }).status).toBe(0)
  })

  it('stays what it is when one line is all there is, or the script sees to failures itself', () => {
    expect(verifyOf('```\nnpm test\n```')).toEqual(['npm test'])
    expect(verifyOf('```bash\nset -euo pipefail\nnpm test\n```')).toEqual([
      '#!/usr/bin/env bash\nset -euo pipefail\nnpm test',
    ])
  })

  it('names its shell, which then runs it', () => {
    expect(verifyOf('```bash\n[[ a == a ]]\n```')).toEqual(['#!/usr/bin/env bash\n[[ a == a ]]'])
  })

  it('is one command each, whatever stands in it and beside it', () => {
    const line = fc.constantFrom('npm test', 'cd web', '', '  make', '# why', 'export A=1', 'echo "## Task 2: x"')
    const body = fc.array(line, { minLength: 1, maxLength: 6 }).filter((all) => all.some((l) => /^\s*[^\s#]/.test(l)))
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 4 }), (blocks) => {
        const { specs, problems } = read(
          `**Run:**\n${blocks.map((b) => `\`\`\`sh\n${b.join('\n')}\n\`\`\``).join('\n\n')}`.replace('Run', 'Verify'),
        )
        expect(problems).toEqual([])
        expect(specs[0]!.verify).toHaveLength(blocks.length)
        for (const [index, block] of blocks.entries())
          expect(specs[0]!.verify[index]!.endsWith(block.join('\n').replace(/^(?:[ \t]*\n)+|\s+$/g, ''))).toBe(true)
      }),
    )
  })
})

describe('an item of a list', () => {
  it('is a command of its own', () => {
    expect(verifyOf('- cd web\n- npm test')).toEqual(['cd web', 'npm test'])
  })

  it.each([
    'npm test',
    'npm run lint -- --fix',
    'make test',
    'CI=1 npm test',
    './scripts/check.sh --all',
    'test -f dist/index.js',
    '[ -f a ] && echo yes',
    'grep -q "it works" README.md',
    'curl -fsS http://localhost:3000/health | jq -e .ok',
    'cargo test --all-features',
    'go test ./...',
    'python -m pytest -q',
    'docker compose run --rm app npm test',
    'npm test > /dev/null 2>&1',
    "node -e 'process.exit(0)'",
    'echo `date`',
    '! grep -r TODO src',
    'bash -lc "npm test"',
    'echo The tests are all green',
  ])('runs as it stands: %s', (command) => {
    expect(verifyOf(`- ${command}`)).toEqual([command])
  })
})

describe('what is no command', () => {
  it.each([
    ['- Run the tests', /reads as words/],
    ['- All tests pass', /reads as words/],
    ['- The login page shows an error', /reads as words/],
    ['- `npm test` passes', /part of this is in backticks/],
    ['- Run `npm test`', /part of this is in backticks/],
    ['- `npm test', /backtick/],
    ['- $ npm test', /prompt/],
    ['- user@host:~/app$ npm test', /prompt/],
    ['- # npm test', /comment/],
    ['- npm test → green', /reads as words/],
    ['- npm test (all green)', /reads as words/],
    ['- npm test should pass', /reads as words/],
    ['- echo "open', /never closed/],
    ['- **npm test**', /markup/],
    ['- npm test —watch', /cannot contain this character/],
    ['```console\n$ npm test\nok\n```', /transcript/],
    ['```\n$ npm test\n> app@1.0.0 test\n```', /transcript/],
    ['```\nRun the tests and look.\n```', /reads as words/],
    ['```python\nprint(1)\n```', /not a shell script/],
    ['```sh\n# nothing\n```', /no command in this block/],
    ['```sh\n#!/usr/bin/env python3\nprint(1)\n```', /not for a shell/],
    ['- ```sh\n  npm test', /code block is never closed/],
    ['- npm test\n  all green', /second one/],
    ['All tests pass.', /reads as words/],
  ])('is a problem with its line and never a command: %j', (value, message) => {
    for (const field of ['Verify', 'Run']) {
      const { specs, problems } = parseTaskFile(
        `## Task 1: A\n**${field}:**\n${value}\n${field === 'Run' ? '' : '\n**Claude Instruction:**\nx\n'}`,
        'a.md',
      )
      expect(problems).not.toEqual([])
      expect(problems[0]!.message).toMatch(message)
      expect(problems[0]).toMatchObject({ severity: 'error', hint: expect.any(String) })
      expect(problems[0]!.line).toBeGreaterThan(2)
      expect(specs[0]![field === 'Run' ? 'run' : 'verify']).toEqual([])
    }
  })

  it.each(['  - All tests pass', '  - |\n    Make sure it works\n    npm test'])(
    'is also found in the front matter: %j',
    (verify) => {
      const { specs, problems } = parseTaskFile(`---\nverify:\n${verify}\n---\n- [ ] A\n`, 'a.md')
      expect(problems).toMatchObject([
        { severity: 'error', line: 3, message: expect.stringContaining('reads as words') },
      ])
      expect(specs[0]?.verify).toEqual([])
    },
  )

  it('is a command beside the list, too, which nobody would run', () => {
    const { specs, problems } = read('**Verify:**\n- npm test\n\nnpm run lint\n')
    expect(problems).toMatchObject([
      { severity: 'error', line: 5, message: expect.stringContaining('next to the commands') },
    ])
    expect(specs[0]?.verify).toEqual(['npm test'])
  })
})
