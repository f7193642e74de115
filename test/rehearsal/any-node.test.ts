import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'baton-rehearsal-'))

/** A Node of the machine's own that is older than what Baton needs; the one that the clone brings is never it. */
const olderNode = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find((node) => {
    try {
      const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      const [major = 0, minor = 0] = version.split('.').map(Number)
      return major >= 20 && (major < 22 || (major === 22 && minor < 18))
    } catch {
      return false
    }
  })

describe('the rehearsal agent as its page says', () => {
  const page = readFileSync(join(ROOT, 'docs/rehearsal.md'), 'utf8')
  const [, shown = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
  const [program, file] = (parse(shown) as { claude: { command: [string, string] } }).claude.command

  it('is named by a path that is seen from the folder of config.yaml', () => {
    expect(program).toBe('node')
    expect(file).toBe('./bin/rehearsal.js')
  })

  it.skipIf(olderNode === undefined)('plays on a Node that is too old for Baton', async () => {
    const { stdout } = await promisify(execFile)(olderNode as string, [join(ROOT, file), '--version'])
    expect(stdout).toMatch(/rehearsal/)
  })

  it.skipIf(olderNode === undefined)('passes on how it ended, also by a signal', async () => {
    const play = (prompt: string) =>
      new Promise<{ code: number | null; signal: string | null }>((resolve) => {
        const id = crypto.randomUUID()
        const args = ['-p', '--session-id', id, '--input-format', 'stream-json', '--output-format', 'stream-json']
        const env = { ...process.env, CLAUDE_CONFIG_DIR: home }
        const child = execFile(olderNode as string, [join(ROOT, file), ...args], { env })
        child.on('exit', (code, signal) => resolve({ code, signal }))
        const content = { role: 'user', content: prompt }
        child.stdin?.write(`${JSON.stringify({ type: 'user', uuid: id, message: content })}\n`)
      })
    expect(await play('rehearse: exit 3')).toEqual({ code: 3, signal: null })
    expect(await play('rehearse: crash SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
  })
})
