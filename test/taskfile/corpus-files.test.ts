import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { describe, expect, it } from 'vitest'
import { taskPrompt } from '../../src/claude/start/prompt.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

/** Files in the shapes that other programs and people write, each in a file of its own. */
const corpus = (folder: string) => {
  const dir = join(import.meta.dirname, 'corpus', folder)
  return readdirSync(dir).map((name): [name: string, text: string] => [name, readFileSync(join(dir, name), 'utf8')])
}

/** Names in hints, `Did you mean "model"?`, with the written one. */
function farHints(text: string): string[] {
  return parseTaskFile(text, 'a.md').problems.flatMap(({ message, hint = '' }) => {
    const named = /Did you mean "([^"]+)"\?|nearest known field is "([^"]+)"/.exec(hint)
    const written = /"([^"]+)"/.exec(message)?.[1]
    if (!named || written === undefined) return []
    const name = (named[1] ?? named[2])!.toLowerCase().replace(/\W/g, '')
    return distance(name, written.toLowerCase().replace(/\W/g, '')) > 2 ? [`${written}: ${hint}`] : []
  })
}

const errorsOf = (text: string) =>
  parseTaskFile(text, 'a.md')
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ line, message }) => `${line}: ${message}`)

describe('real checklists', () => {
  const files = corpus('lists')
  it('are a corpus of 25 and more', () => expect(files.length).toBeGreaterThanOrEqual(25))

  it.each(files)('%s is taken, with its headings, and no two items have one prompt', (_, text) => {
    expect(errorsOf(text)).toEqual([])
    expect(farHints(text)).toEqual([])
    const { specs } = parseTaskFile(text, 'a.md')
    expect(specs.length).toBeGreaterThan(0)
    expect(new Set(specs.map(({ origin }) => origin.ref)).size).toBe(specs.length)
    // Every item is reported together with the headings above it.
    const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
    for (const spec of specs) {
      const { origin, title } = spec
      const above = lines.slice(0, origin.line - 1).findLast((one) => /^#{2,6} /.test(one))
      const [words] = (above ?? '').replace(/^#+ /, '').split(/ ?[`*_[]/)
      if (words) expect([title, taskPrompt(spec)].map((said) => said.includes(words))).toEqual([true, true])
    }
    const prompts = specs.map((spec) => taskPrompt(spec))
    expect(new Set(prompts).size).toBe(prompts.length)
  })
})

describe('front matter of other programs', () => {
  const files = corpus('front-matter')
  it('is a corpus of 60 and more', () => expect(files.length).toBeGreaterThanOrEqual(60))

  it.each(files)('of %s is left alone, with one warning at most', (_, text) => {
    expect(errorsOf(text)).toEqual([])
    expect(farHints(text)).toEqual([])
    const { specs, problems } = parseTaskFile(text, 'a.md')
    expect(problems.length).toBeLessThan(2)
    expect(specs).toMatchObject([{ title: 'Add tests', instruction: 'Add tests', done: false, verify: [] }])
    expect(specs[0]).not.toHaveProperty('run')
  })
})
