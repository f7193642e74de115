import { describe, expect, it } from 'vitest'
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
