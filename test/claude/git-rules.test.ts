import { describe, expect, it } from 'vitest'
import { gitDenyRules } from '../../src/claude/asks/git-rules.ts'

/** As Claude compares a rule with a plain command: `*` stands for anything, a last ` *` for nothing too. */
function denies(rule: string, command: string): boolean {
  const pattern = /^Bash\((.*)\)$/.exec(rule)?.[1]
  if (pattern === undefined) return false
  const isOnly = pattern.indexOf('*') === pattern.length - 1
  if (isOnly && pattern.endsWith(' *') && command === pattern.slice(0, -2)) return true
  const expression = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${expression.join('.*')}$`, 's').test(command)
}

const isDenied = (command: string): boolean => gitDenyRules().some((rule) => denies(rule, command))

describe('the deny rules for git', () => {
  it.each([
    'git add -A',
    'git commit',
    'git commit -m "x"',
    'git push origin main',
    'git -C sub commit -m x',
    'git --no-pager push',
    'git stash',
    'git -C sub stash',
    'git stash -u',
    'git branch feature',
    'git branch -D feature',
    'git branch feature -D',
    'git tag v1.0',
    'git tag -a v1.0 -m x',
    'git config alias.ci commit',
    'git -c alias.ci=commit ci',
    'git apply x.diff --index',
    'git worktree add ../w',
    'bash -c "git commit"',
    'eval git commit',
  ])('cover %s', (command) => {
    expect(isDenied(command)).toBe(true)
  })

  it.each([
    'git status',
    'git log --oneline -5',
    'git log --grep commit',
    'git diff HEAD~1',
    'git show HEAD',
    'git branch',
    'git branch --list',
    'git branch -vv',
    'git tag',
    'git tag -l',
    'git stash list',
    'git stash show -p',
    'git worktree list',
    'git remote -v',
    'git config --get user.name',
    'git -C sub status',
    'git rev-parse HEAD',
    'npm run commit',
    'echo git commit',
  ])('leave %s alone', (command) => {
    expect(isDenied(command)).toBe(false)
  })

  it('leave to the guard what makes a branch or a tag, and nothing else', () => {
    const left = gitDenyRules({ isGuarded: true })
    const without = gitDenyRules().filter((rule) => !left.includes(rule))
    expect(without.length).toBeGreaterThan(100)
    expect(without.filter((rule) => !/^Bash\(git (branch|tag) [^-*]\*\)$/.test(rule))).toEqual([])
    expect(left.some((rule) => denies(rule, 'git branch -D x'))).toBe(true)
  })

  it('are each given once, and fit on a command line', () => {
    const rules = gitDenyRules()
    expect(new Set(rules).size).toBe(rules.length)
    expect(rules.join(',').length).toBeLessThan(16_000)
  })
})
