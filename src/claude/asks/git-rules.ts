/** Subcommands of git that write the repository (or its work tree on git's behalf) in every form. */
const WRITING = [
  ...['add', 'am', 'checkout', 'checkout-index', 'cherry-pick', 'clean', 'commit', 'commit-tree', 'fast-import'],
  ...[
    'filter-branch',
    'filter-repo',
    'gc',
    'hash-object',
    'maintenance',
    'merge',
    'mergetool',
    'mktag',
    'mktree',
    'mv',
  ],
  ...['pack-refs', 'prune', 'pull', 'push', 'read-tree', 'rebase', 'repack', 'replace', 'reset', 'restore', 'revert'],
  ...['rm', 'send-pack', 'sparse-checkout', 'switch', 'unpack-objects', 'update-index', 'update-ref', 'write-tree'],
]

/** Writing forms of subcommands that can also only read; `*` stands for anything. */
const WRITING_FORMS = [
  ...forms('apply', ['--index', '--cached', '-3', '--3way', '* --index', '* --cached', '* -3', '* --3way']),
  ...forms('bisect', ['start', 'good', 'bad', 'old', 'new', 'reset', 'run', 'skip', 'terms', 'replay']),
  ...forms('branch', ['-d', '-D', '-m', '-M', '-c', '-C', '-f', '-u', '-t', '--delete', '--move', '--copy', '--force']),
  ...forms('branch', ['--set-upstream-to*', '--unset-upstream', '--edit-description', '--track*', '* -d', '* -D']),
  ...forms('config', [
    'set',
    'unset',
    'edit',
    'rename-section',
    'remove-section',
    '--add',
    '--unset*',
    '--replace-all',
  ]),
  ...forms('config', ['-e', '--edit', '--rename-section', '--remove-section', 'alias.*', 'core.*', '--global alias.*']),
  ...forms('fetch', ['*:refs*', '*:heads*', '--prune*', '-p']),
  ...forms('notes', ['add', 'append', 'copy', 'edit', 'merge', 'prune', 'remove']),
  ...forms('reflog', ['delete', 'expire']),
  ...forms('remote', ['add', 'prune', 'remove', 'rename', 'rm', 'set-branches', 'set-head', 'set-url', 'update']),
  ...forms('stash', ['apply', 'branch', 'clear', 'create', 'drop', 'pop', 'push', 'save', 'store', '-*']),
  ...forms('submodule', [
    'absorbgitdirs',
    'add',
    'deinit',
    'foreach',
    'init',
    'set-branch',
    'set-url',
    'sync',
    'update',
  ]),
  ...forms('symbolic-ref', ['-d', '--delete', '-m', 'HEAD refs*']),
  ...forms('tag', [
    '-a',
    '-d',
    '-f',
    '-m',
    '-s',
    '-u',
    '-F',
    '--annotate',
    '--delete',
    '--force',
    '--sign',
    '--message*',
  ]),
  ...forms('worktree', ['add', 'lock', 'move', 'prune', 'remove', 'repair', 'unlock']),
]

/** `git branch x` and `git tag x` make one, `git branch -a` and `git tag -l` list: the first letter tells them apart. */
const NAME_STARTS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@$'

/** A shell inside the shell is opaque to Claude's rules: whatever speaks of git there is refused. */
const SHELLS = [
  ...['bash', 'dash', 'ksh', 'sh', 'zsh'].map((shell) => `${shell} -*git *`),
  ...['eval *git *', 'xargs *git *', 'find *-exec*git *', 'find *-ok*git *'],
]

function forms(subcommand: string, endings: string[]): string[] {
  return endings.map((ending) => `${subcommand} ${ending}`)
}

/**
 * Rules for `--disallowedTools` that keep git readable and not writable, in every permission mode. Claude splits
 * compound commands, unquotes words and looks through `env`, `timeout`, `sudo` and the like before it compares; what a
 * rule cannot see is in `docs/claude-observed.md`, so refs are compared after each attempt as well.
 *
 * @param isGuarded Baton's guard sees every call, and refuses new branches and tags itself: Claude reads a third less at each start
 */
export function gitDenyRules({ isGuarded = false } = {}): string[] {
  const plain = [...WRITING, ...WRITING_FORMS]
  return [
    // One `*` at the end, after a space, also stands for nothing; with a second one it does not.
    ...plain.map((form) => `git ${form.includes('*') ? form : `${form} *`}`),
    ...plain.filter((form) => form.includes('*') && !form.endsWith('*')).map((form) => `git ${form} *`),
    // Global options come first: `git -C dir commit`.
    ...WRITING.flatMap((subcommand) => [`git -* ${subcommand}`, `git -* ${subcommand} *`]),
    ...['branch', 'tag', 'stash', 'worktree', 'config', 'remote'].map((subcommand) => `git -* ${subcommand} *`),
    'git stash',
    'git -* stash',
    'git -c alias.*',
    ...[...(isGuarded ? '' : NAME_STARTS)].flatMap((letter) => [`git branch ${letter}*`, `git tag ${letter}*`]),
    ...SHELLS,
  ]
    .map((pattern) => `Bash(${pattern})`)
    .concat(['Edit(.git/**)', 'EnterWorktree'])
}
