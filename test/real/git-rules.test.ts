import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gitDenyRules } from '../../src/claude/asks/git-rules.ts'
import { judgeNewRef } from '../../src/protect/judge-new-ref.ts'
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
  'git branch | cat; git tag 2>/dev/null',
  "cat > notes.md <<'EOF'\ngit branch x\nEOF",
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
  'git tag "v1"',
  'timeout 5 git tag v1',
  'env A=1 git branch x',
  'x=$(git branch x)',
  '(git branch x)',
  'echo "$(git branch x)"',
  'B=branch; git $B x',
  'G=git; $G tag v1',
  'env -u A git branch x',
  'sudo -u root git branch x',
  'while false; do git tag v1; done',
  'f() { git branch x; }; f',
  'case a in a) git branch x;; esac',
  'A=$(git branch x) true',
  'git br\\anch x',
  'export B=branch; git $B x',
  '! stdbuf -o0 git branch x',
  'cat <<EOF\n$(git branch x)\nEOF',
  `echo "\${A:-$(git branch x)}"`,
  '[[ -n $(git branch x) ]]',
  'if true; then git tag v1; fi',
  "cat <<'EOF'\ntext\nEOF\ngit branch x",
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
  it.each([
    ['bypassPermissions', false],
    ['default', false],
    ['bypassPermissions', true],
    ['default', true],
  ])('let it read and not write under %s with Bash allowed (with the guard: %s)', async (mode, isGuarded) => {
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
      disallowedTools: gitDenyRules({ isGuarded }),
      ...(isGuarded && { guard: judgeNewRef }),
    })
    const results = messages.flatMap((message) => (message.type === 'tool_results' ? message.results : []))
    const denied = commands.filter((_, i) => /has been denied|a new branch or tag/.test(results[i]?.text ?? ''))
    expect(results).toHaveLength(commands.length)
    expect(denied).toEqual(WRITING)
    expect(state(real.session.cwd)).toBe(before)
  })

  it('are no less where the guard fails: what it could not look at is refused', async () => {
    await using real = await startRealClaude(({ number }) => (number === 1 ? runs('git branch x') : says('Done.')))
    makeRepository(real.session.cwd)
    const before = state(real.session.cwd)
    await real.session.talk({
      prompt: 'go',
      permissionMode: 'bypassPermissions',
      disallowedTools: gitDenyRules({ isGuarded: true }),
      guard: () => {
        throw new Error('broken')
      },
    })
    expect(real.api.requests.at(-1)?.toolResults[0]?.text).toContain('could not check this call')
    expect(state(real.session.cwd)).toBe(before)
  })

  it.each(['settings.json', 'settings.local.json'])(
    'hold where %s of the project turns all hooks off',
    async (file) => {
      await using real = await startRealClaude(({ number }) => (number === 1 ? runs('git branch x') : says('Done.')))
      makeRepository(real.session.cwd)
      mkdirSync(join(real.session.cwd, '.claude'))
      writeFileSync(join(real.session.cwd, '.claude', file), '{"disableAllHooks": true}\n')
      const before = state(real.session.cwd)
      await real.session.talk({
        prompt: 'go',
        permissionMode: 'bypassPermissions',
        allowedTools: ['Bash'],
        disallowedTools: gitDenyRules({ isGuarded: true }),
        guard: judgeNewRef,
      })
      expect(real.api.requests.at(-1)?.toolResults[0]?.text).toContain('a new branch or tag')
      expect(state(real.session.cwd)).toBe(before)
    },
  )

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
