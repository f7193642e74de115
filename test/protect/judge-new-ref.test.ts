import { describe, expect, it } from 'vitest'
import { judgeNewRef } from '../../src/protect/judge-new-ref.ts'

const verdictOn = (command: unknown, tool = 'Bash') => judgeNewRef({ tool, input: { command }, cwd: '/' })?.do

describe('a new branch or tag', () => {
  it.each([
    'git branch x',
    'git branch x -D',
    'git tag v1.0',
    'git tag "v 1"',
    'git branch "$NAME"',
    'git branch ümlaut',
    "git 'branch' x",
    '/usr/bin/git branch x',
    'git status && git tag v1',
    'git status\ngit tag v1',
    'env -u A git branch x',
    'timeout 5 git branch x',
    'sudo -u root git branch x',
    'GIT_DIR=.git git tag v1',
    'echo a | xargs git branch x',
    'x=$(git branch x)',
    '(git branch x)',
    'B=branch; git $B x',
    `export B=branch && git "\${B}" x; B=status`,
    'G=git; $G tag v1',
    'c="git branch x"; $c',
    'f() { git branch x; }; f',
    'case a in a) git branch x;; esac',
    'A=$(git branch x) true',
    'git br\\anch x',
    `echo "\${A:-$(git branch x)}"`,
    '[[ -n $(git branch x) ]]',
    'git\tbranch\tx &',
    'echo "$(git branch x)"',
    'echo "`git tag v1`"',
    'cat <(git branch x)',
    'bash -lc "$(echo; git tag v1)"',
    '{ git branch x; }',
    'if true; then git tag v1; fi',
    'git \\\n  branch x',
    'cat <<EOF\ntext\nEOF\ngit branch x',
    'cat <<EOF && git branch x\ntext\nEOF',
    'cat <<EOF\n$(git branch x)\nEOF',
    'cat <<EOF\nEOF\ngit tag v1',
  ])('is refused: %j', (command) => {
    expect(verdictOn(command)).toBe('deny')
  })

  it.each([
    'git branch',
    'git tag',
    'git branch -a',
    'git branch --list x',
    'git tag -l "v*"',
    'git branch | cat',
    'git tag 2>/dev/null',
    'git log branch',
    'git log --grep "git branch x"',
    'echo git branch x',
    'grep -rn git branch docs',
    '# git branch x\nls',
    "cat > notes.md <<'EOF'\ngit branch x\nEOF",
    'cat > notes.md <<-EOF\n\tgit branch x\n\tEOF\ngit branch',
    'npm run branch x',
  ])('is not what this is: %j', (command) => {
    expect(verdictOn(command)).toBeUndefined()
  })

  it('is made by a shell alone', () => {
    expect(verdictOn('git branch x', 'Write')).toBeUndefined()
    expect(verdictOn(undefined)).toBeUndefined()
  })
})
