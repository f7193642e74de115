import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandsPage, withCommands } from '../../scripts/command-tables.ts'
import { withTable } from '../../scripts/readme-table.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan/plan.ts'

const ROOT = join(import.meta.dirname, '../..')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

describe('the README', () => {
  it('has the table of the configuration as the keys are (node scripts/readme-table.ts makes it anew)', () => {
    expect(withTable(readme)).toBe(readme)
  })

  it('has the table of commands, and docs/commands.md is, as the catalogue is (npm run commands:write makes both anew)', () => {
    expect(withCommands(readme)).toBe(readme)
    expect(readFileSync(join(ROOT, 'docs/commands.md'), 'utf8')).toBe(commandsPage())
  })

  it('names only scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] as string)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('shows a task file that can be run as it is', () => {
    const [, example] = /```markdown\n([\s\S]*?)\n```/.exec(readme) ?? []
    const file = parseTaskFile(example ?? '', 'readme.md')
    expect([...file.problems, ...planRun([file], { order: 'written' }).problems]).toEqual([])
  })

  it('links only to files that there are', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] as string)
    for (const link of links) expect(() => readFileSync(join(ROOT, link)), link).not.toThrow(/ENOENT/)
  })
})
