import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aHome, baton, REHEARSED } from '../terminal/program.ts'

const PLAN = `# Tasks - 2020-01-01

## Task 1: Mend the footer
**Claude Instruction:**
rehearse: edit footer.txt "mended"
`
/** Answers as Claude does when it is asked for text, and otherwise rehearses. */
const CLAUDE = `import { readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
if (process.argv.includes('--output-format=json')) {
  const prompt = readFileSync(0, 'utf8')
  const result = prompt.includes('nonsense') ? 'No idea.' : ${JSON.stringify(`Here it is:\n\n\`\`\`markdown\n${PLAN}\`\`\`\n`)}
  if (!/footer|note/.test(prompt)) process.exit(1)
  console.log(JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result, total_cost_usd: 0 }))
} else {
  const [program, ...args] = JSON.parse(process.env.REHEARSAL ?? 'null') ?? ${REHEARSED.replace(/^[\s\S]*command: /, '').trim()}
  spawn(program, [...args, ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1))
}
`
const home = (files: Record<string, string> = {}) => {
  const made = aHome({ 'claude.mjs': CLAUDE, ...files })
  made.write('config.yaml', `claude:\n  command: ${JSON.stringify([process.execPath, join(made.dir, 'claude.mjs')])}\n`)
  return made
}
const written = ({ dir }: { dir: string }) => (existsSync(join(dir, 'tasks')) ? readdirSync(join(dir, 'tasks')) : [])

describe('plan', () => {
  it('prints the task file that Claude wrote, and writes nothing', async () => {
    const at = home()
    const { exitCode, stdout, stderr } = await baton(at, ['plan', 'Mend', 'the', 'footer'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: PLAN })
    expect(stderr).toContain('Nothing was written')
    expect(written(at)).toEqual([])
  })

  it('says in one line why Claude did not answer, and what to do next', async () => {
    const at = home({ 'claude.mjs': "JSON.parse('You plan')" })
    const { exitCode, stderr } = await baton(at, ['plan', 'Mend the footer', '--save'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error: Claude did not answer: SyntaxError: .*\n {2}Nothing was written\. .*baton doctor$/m)
    expect(stderr).not.toContain('    at ')
    expect(written(at)).toEqual([])
  })

  it('makes it from a note, and writes it where the next task file would stand', async () => {
    const at = home({ 'daily/ideas.md': 'a note: the footer is broken\n' })
    const { exitCode, stderr } = await baton(at, ['plan', '--note', 'daily/ideas.md', '--save'])
    expect(exitCode).toBe(0)
    const [name = ''] = written(at)
    expect(name).toMatch(/^\d{4}-\d\d-\d\d\.md$/)
    expect(at.read(`tasks/${name}`)).toBe(PLAN)
    expect(stderr).toContain(`baton tasks tasks/${name}`)
  })

  it('works on it at once where that is wanted', async () => {
    const at = home()
    const { exitCode } = await baton(at, ['plan', 'Mend the footer', '--start'])
    expect(exitCode).toBe(0)
    expect(at.read('footer.txt')).toBe('mended')
    expect(at.read(`tasks/${written(at)[0]}`)).toContain('**Status:** done')
  })

  it('is one object of JSON for programs', async () => {
    const { stdout } = await baton(home(), ['plan', 'Mend the footer', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      type: 'plan',
      file: null,
      tasks: ['Mend the footer'],
      problems: [],
      text: PLAN,
    })
  })

  it('says what Claude said where that was no task file, and what to do', async () => {
    const at = home()
    const { exitCode, stderr } = await baton(at, ['plan', 'footer nonsense', '--save'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/error: Claude did not write a task file\. It said: No idea\.\n {2}\S/)
    expect(written(at)).toEqual([])
  })
})
