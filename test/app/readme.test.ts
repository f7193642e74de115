import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandsPage, withCommands } from '../../scripts/command-tables.ts'
import { withTable } from '../../scripts/config-table.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan/plan.ts'

const ROOT = join(import.meta.dirname, '../..')
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const readme = textOf('README.md')

describe('the README', () => {
  it('leads to the keys of the configuration as they are (npm run config:write)', () => {
    const page = textOf('docs/configuration.md')
    expect(withTable(page)).toBe(page)
  })

  it('leads to the commands as the catalogue has them (npm run commands:write)', () => {
    const page = textOf('docs/phone.md')
    expect(withCommands(page)).toBe(page)
    expect(textOf('docs/commands.md')).toBe(commandsPage())
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

  it('links only to files that there are, and so do the pages of docs/', () => {
    const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
    const broken = pages
      .filter((page) => page.endsWith('.md'))
      .flatMap((page) =>
        [...textOf(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
          .map((match) => match[1] as string)
          .filter((link) => !existsSync(join(ROOT, dirname(page), link)))
          .map((link) => `${page}: ${link}`),
      )
    expect(broken).toEqual([])
  })

  it('leads to every page of docs/', () => {
    const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
    const linked = (page: string) => readme.includes(`docs/${page}`)
    expect(pages.filter((page) => !linked(page))).toEqual([])
  })
})
