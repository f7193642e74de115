import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { whyNoCommand } from '../../src/taskfile/fields/no-command.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const linesOf = (name: string) =>
  readFileSync(join(import.meta.dirname, 'lines', name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')

const fileOf = (line: string) =>
  parseTaskFile(`## Task 1: A\n**Verify:**\n- ${line}\n\n**Claude Instruction:**\nx\n`, 'a.md')

it('takes more than 200 real commands as they stand', () => {
  const lines = linesOf('commands.txt')
  expect(lines.length).toBeGreaterThan(200)
  expect(lines.filter((line) => whyNoCommand(line) !== undefined)).toEqual([])
  expect(lines.filter((line) => fileOf(line).specs[0]?.verify.join() !== line)).toEqual([])
})

it('takes no words for a command: more than 100 lines of English, German and French', () => {
  const lines = linesOf('prose.txt')
  expect(lines.length).toBeGreaterThan(100)
  expect(lines.filter((line) => whyNoCommand(line) === undefined)).toEqual([])
})
