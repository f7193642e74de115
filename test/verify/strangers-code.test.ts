import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxProblem } from '../../src/claude/start/sandbox.ts'
import { createStrangersCode } from '../../src/verify/strangers-code.ts'

const problem = process.platform === 'linux' ? await sandboxProblem() : 'there is one on Linux only'
const why = problem === undefined ? '' : ` (skipped: ${problem})`

let dir: string
let folder: string
let env: Record<string, string | undefined>
beforeAll(() => {
  dir = mkdtempSync('/var/tmp/baton-strangers-')
  for (const name of ['home/.ssh', 'home/tools/bin', 'state', 'tree']) mkdirSync(join(dir, name), { recursive: true })
  writeFileSync(join(dir, 'home/.ssh/id'), 'secret of the home')
  writeFileSync(join(dir, 'state/token'), 'secret of the state')
  writeFileSync(join(dir, 'home/tools/bin/greet'), '#!/bin/sh\necho hello', { mode: 0o755 })
  folder = join(dir, 'tree')
  env = {
    ...{ PATH: `${dir}/home/tools/bin:${process.env.PATH}`, HOME: join(dir, 'home'), LANG: 'C' },
    ...{
      GITHUB_TOKEN: 'ghp_x',
      GH_TOKEN: 'ghp_x',
      ANTHROPIC_API_KEY: 'sk',
      AWS_SECRET_ACCESS_KEY: 'x',
      NPM_TOKEN: 'x',
    },
    ...{
      CLAUDE_CODE_OAUTH_TOKEN: 'x',
      SSH_AUTH_SOCK: '/run/agent',
      DATABASE_URL: 'x',
      TELEGRAM_BOT_TOKEN: 'x',
      CUSTOM: 'x',
    },
  }
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const run = (command: string, network = false) => {
  const code = createStrangersCode({ env, hidden: [join(dir, 'state')] })
  return code.run({ command, folder, network, timeoutMs: 60_000, signal: new AbortController().signal })
}

describe('code of strangers', () => {
  it('has nothing in its environment that anybody logs in with, and an empty home', async () => {
    const { output } = await run('env | cut -d= -f1 | sort; echo; ls -A "$HOME"')
    const [names = '', home] = output.split('\n\n')
    const known = ['BATON_ATTEMPT', 'HOME', 'LANG', 'OLDPWD', 'PATH', 'PWD', 'SHLVL', 'TMPDIR', '_']
    expect(names.split('\n').filter((name) => name !== '' && !known.includes(name))).toEqual([])
    expect(home?.trim() ?? '').toBe('')
  })

  it('works in its folder and says how it ended', async () => {
    expect(await run('echo made > made.txt; greet; exit 3')).toMatchObject({
      ok: false,
      exitCode: 3,
      output: 'hello\n',
    })
    expect(readdirSync(folder)).toContain('made.txt')
  })

  it.runIf(problem === undefined)(`reads nothing of the person’s and of Baton’s${why}`, async () => {
    const { output } = await run(
      `cat ${dir}/home/.ssh/id ${dir}/state/token; ls ${dir}/state; echo x > ${dir}/outside; true`,
    )
    expect(output).not.toContain('secret')
    expect(readdirSync(dir)).not.toContain('outside')
  })

  it.runIf(problem === undefined)(`sees no other process${why}`, async () => {
    const { output } = await run('cat /proc/[0-9]*/environ | tr "\\0" "\\n"; ls -d /proc/[0-9]* | wc -l')
    expect(output).not.toMatch(/VITEST/)
    expect(Number(output.trim().split('\n').at(-1))).toBeLessThan(8)
  })

  it.runIf(problem === undefined)(`reaches nothing, not the machine itself either, unless it may${why}`, async () => {
    let calls = 0
    const server = createServer((socket) => {
      calls++
      socket.end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    // Not with this Node: it may lie in a folder that code of strangers does not see.
    const call = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3'`
    expect((await run(call)).ok).toBe(false)
    expect(calls).toBe(0)
    expect((await run(call, true)).ok).toBe(true)
    expect(calls).toBe(1)
    server.close()
  })

  it('leaves no empty home behind', async () => {
    const homes = () => readdirSync(tmpdir()).filter((name) => name.startsWith('baton-empty-home-')).length
    const before = homes()
    await run('true')
    expect(homes()).toBeLessThanOrEqual(before)
  })
})
