import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gitDenyRules } from '../../src/claude/asks/git-rules.ts'
import { startRealClaude } from '../support/claude-real.ts'
import { calls, runs, says } from '../support/messages-replies.ts'

const READING = [
  'git status',
  'git log --oneline',
  'git diff HEAD',
  'git show HEAD',
  'git branch -a',
  'git branch --show-current',
  'git tag -l "v*"',
  'git stash list',
  'git worktree list',
  'git remote -v',
  'git config --get user.name',
  'git blame a.txt',
  'git -C sub log --oneline',
  'git log --grep "git commit"',
  'cd sub && git status',
  'echo "git push" > notes.txt',
]

const WRITING = [
  'git add -A',
  'git commit --allow-empty -m x',
  'cd sub && git commit --allow-empty -m x',
  'git status; git commit --allow-empty -m x',
  'git -C sub commit --allow-empty -m x',
  'git --git-dir=.git commit --allow-empty -m x',
  'env A=1 git commit --allow-empty -m x',
  'timeout 5 git commit --allow-empty -m x',
  '/usr/bin/git commit --allow-empty -m x',
  'bash -lc "cd sub; git -C . commit --allow-empty -m x"',
  'eval "git commit --allow-empty -m x"',
  'x=$(git commit --allow-empty -m x)',
  'echo a | xargs git commit --allow-empty -m',
  'find . -name a.txt -exec git commit --allow-empty -m x \\;',
  'git config alias.ci "commit --allow-empty -m x"',
  'git push',
  'git merge x',
  'git rebase HEAD~1',
  'git reset --hard',
  'git checkout -b x',
  'git switch -c x',
  'git restore a.txt',
  'git stash',
  'git stash pop',
  'git tag v1',
  'git branch x',
  'git branch x -D',
  'git -C sub branch x',
  'git cherry-pick HEAD',
  'git revert HEAD',
  'git apply x.diff --index',
  'git clean -fd',
  'git worktree add ../w',
  'git update-ref refs/heads/x HEAD',
  'git gc',
  'echo x > .git/x',
]

describe('the deny rules for git, in the real program', () => {
  it.each(['bypassPermissions', 'default'])('let it read and not write under %s with Bash allowed', async (mode) => {
    const commands = [...READING, ...WRITING]
    await using real = await startRealClaude(({ number }) => {
      const command = commands[number - 1]
      return command === undefined ? says('Done.') : runs(command)
    })
    makeRepository(real.session.cwd)
    const before = state(real.session.cwd)
    const { messages } = await real.session.talk({
      prompt: 'go',
      permissionMode: mode,
      allowedTools: ['Bash'],
      disallowedTools: gitDenyRules(),
    })
    const results = messages.flatMap((message) => (message.type === 'tool_results' ? message.results : []))
    const denied = commands.filter((_, i) => /has been denied/.test(results[i]?.text ?? ''))
    expect(results).toHaveLength(commands.length)
    expect(denied).toEqual(WRITING)
    expect(state(real.session.cwd)).toBe(before)
  })

  it('refuse edits inside .git and worktrees made by a tool', async () => {
    await using real = await startRealClaude(({ number }) => {
      const file = join(real.session.cwd, '.git/hooks/post-checkout')
      if (number === 1) return calls({ name: 'Write', input: { file_path: file, content: '#!/bin/sh' } })
      return number === 2 ? calls({ name: 'EnterWorktree', input: { name: 'x' } }) : says('Done.')
    })
    makeRepository(real.session.cwd)
    const before = state(real.session.cwd)
    await real.session.talk({ prompt: 'go', permissionMode: 'bypassPermissions', disallowedTools: gitDenyRules() })
    const errors = real.api.requests.flatMap((request) => request.toolResults.map((result) => result.isError))
    expect(errors).toEqual([true, true])
    expect(state(real.session.cwd)).toBe(before)
  })
})

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' })
}

function makeRepository(cwd: string): void {
  git(cwd, 'init', '-q')
  git(cwd, 'config', 'user.email', 'test@example.com')
  git(cwd, 'config', 'user.name', 'Test')
  writeFileSync(join(cwd, 'a.txt'), 'a\n')
  execFileSync('mkdir', ['sub'], { cwd })
  git(cwd, 'add', '.')
  git(cwd, 'commit', '-qm', 'First')
  writeFileSync(join(cwd, 'a.txt'), 'a\nb\n')
}

function state(cwd: string): string {
  return [git(cwd, 'for-each-ref'), git(cwd, 'ls-files', '-s'), git(cwd, 'stash', 'list'), git(cwd, 'diff')].join('\n')
}
