/** What a terminal itself says about itself; it differs from one window to the next. */
const OF_THE_TERMINAL = 'TERM|TERM_PROGRAM|TERM_PROGRAM_VERSION|COLORTERM|TMUX|TMUX_PANE|PWD'

/**
 * A script that runs a program with an environment of its own and then tells that it has ended. It removes itself first: what is
 * in the environment of a program is nobody else's business, and would be seen in the words of a command.
 */
export function windowScript(window: {
  env: Readonly<Record<string, string>>
  cwd: string
  command: readonly string[]
  /** Tells the end; run whatever became of the program. */
  after: readonly string[]
}): string {
  const names = "$(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p')"
  const exported = Object.entries(window.env).filter(([name]) => !new RegExp(`^(${OF_THE_TERMINAL})$`).test(name))
  return [
    'rm -f -- "$0"',
    `for name in ${names}; do case "$name" in ${OF_THE_TERMINAL}) ;; *) unset "$name" ;; esac; done`,
    ...exported.map(([name, value]) => `export ${name}=${quoted(value)}`),
    // A Ctrl-C is meant for the program.
    'trap : INT',
    `cd -- ${quoted(window.cwd)} && ${window.command.map(quoted).join(' ')}`,
    window.after.map(quoted).join(' '),
    '',
  ].join('\n')
}

const quoted = (text: string): string => (/^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
