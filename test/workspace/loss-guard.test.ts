import { execFileSync } from 'node:child_process'
import { appendFileSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ProjectConfig } from '../../src/config/types.ts'
import type { Task } from '../../src/core/types.ts'
import { lossGuard } from '../../src/workspace/loss-guard.ts'

/** No git there, so that nothing could be brought back. */
const judge = (
  allowedTools: string[],
  spec: object = {},
  command = 'rm /etc/hosts',
  permissionMode = 'acceptEdits',
) => {
  const project = { path: '/', claude: { permissionMode, allowedTools } } as unknown as ProjectConfig
  const guard = lossGuard(project, { spec } as Task)
  return guard({ tool: 'Bash', input: { command }, cwd: '/' })?.do
}

describe('the guard against losses', () => {
  it('asks by default, and in every mode but that in which the user wants no asking', () => {
    for (const mode of ['default', 'acceptEdits', 'dontAsk', 'plan', 'auto'])
      expect(judge([], {}, 'rm /etc/hosts', mode), mode).toBe('ask')
    expect(judge([], {}, 'rm /etc/hosts', 'bypassPermissions')).toBe(undefined)
    expect(judge([], { permissionMode: 'bypassPermissions' })).toBe(undefined)
    expect(judge([], { permissionMode: 'default' }, 'rm /etc/hosts', 'bypassPermissions')).toBe('ask')
  })

  it('leaves alone what the user allowed by name, and nothing beside it', () => {
    for (const rule of ['Bash', 'Bash(*)', 'Bash(:*)', 'Bash(rm:*)', 'Bash(rm *)', 'Bash(rm)']) {
      expect(judge([rule]), rule).toBe(undefined)
      expect(judge([], { allowedTools: [rule] }), rule).toBe(undefined)
    }
    for (const rule of ['Read', 'Bash(rmdir:*)', 'Bash(npm test:*)', 'Edit(rm)'])
      expect(judge([rule]), rule).toBe('ask')
  })

  it('asks where it cannot find out, and says nothing of other tools', () => {
    expect(judge([], {}, 'rm $X')).toBe('ask')
    expect(judge([], {}, 'ls')).toBe(undefined)
  })
})

describe('the guard against losses by an edit', () => {
  const project = () => {
    const above = realpathSync(mkdtempSync(join(tmpdir(), 'baton-loss-guard-')))
    onTestFinished(() => rmSync(above, { recursive: true, force: true }))
    const dir = join(above, 'project')
    mkdirSync(join(dir, 'inner'), { recursive: true })
    const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'ignore' })
    git('init', '-q')
    git('init', '-q', 'inner')
    writeFileSync(join(dir, '.gitignore'), '*.db\n')
    for (const path of ['src.ts', 'my.db', 'inner/a.txt', '../outside.txt']) writeFileSync(join(dir, path), 'words')
    git('add', 'src.ts')
    return dir
  }
  /** @param startedAt when the task began, epoch ms; default: after all of these files were made */
  const edit = (
    path: string,
    {
      dir = project(),
      tool = 'Edit',
      allowedTools = [] as string[],
      startedAt = Date.now() + 3_600_000,
      mode = 'acceptEdits',
    } = {},
  ) => {
    const guard = lossGuard(
      { path: dir, claude: { permissionMode: mode, allowedTools } } as unknown as ProjectConfig,
      {
        spec: {},
        startedAt,
      } as Task,
    )
    const input = tool === 'NotebookEdit' ? { notebook_path: path } : { file_path: path }
    return guard({ tool, input, cwd: dir })
  }

  it('asks for files that no checkpoint holds, and for no other', () => {
    for (const tool of ['Edit', 'MultiEdit', 'Write', 'NotebookEdit']) {
      for (const path of ['my.db', 'inner/a.txt', '../outside.txt', '.git/config'])
        expect(edit(path, { tool }), `${tool} ${path}`).toMatchObject({
          do: 'ask',
          why: expect.stringContaining('undo'),
        })
      for (const path of ['src.ts', 'new.db', 'new.txt'])
        expect(edit(path, { tool }), `${tool} ${path}`).toBe(undefined)
    }
    expect(edit('my.db', { tool: 'Read' })).toBe(undefined)
  })

  it('lets pass what the user allowed, and what the task itself has made', () => {
    for (const rule of ['Edit', 'Write', 'Edit(*.db)', 'Edit(./**)', 'Write(my.db)'])
      expect(edit('my.db', { allowedTools: [rule] }), rule).toBe(undefined)
    for (const rule of ['Read', 'Edit(src/**)', 'Bash(Edit)', 'Edit(//etc/**)'])
      expect(edit('my.db', { allowedTools: [rule] })?.do, rule).toBe('ask')
    expect(edit('my.db', { mode: 'bypassPermissions' })).toBe(undefined)
    const dir = project()
    // Begun before the file was made, on a disk that knows when that was.
    if (lstatSync(join(dir, 'my.db')).birthtimeMs > 0) {
      appendFileSync(join(dir, 'my.db'), ' and more')
      expect(edit('my.db', { dir, startedAt: 1 })).toBe(undefined)
    }
  })

  it('asks for nothing where there is no git, and so no undo at all', () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-loss-guard-')))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    writeFileSync(join(dir, 'a.txt'), 'words')
    expect(edit('a.txt', { dir })).toBe(undefined)
  })
})
