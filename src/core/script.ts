/** The lines of a script as a person wrote it, in a code block or a text of several lines, and what follows its fence. */
export interface CodeBlock {
  lines: string[]
  /** `bash`, `sh title="x"`; empty for none, and for an indented block. */
  info: string
}

/** A script as one command, or why it is not one; `line` counts from the first line of the block, -1 is its fence. */
export type Script = { command: string } | { line: number; problem: { message: string; hint: string } }

/** A text of several lines, as YAML's `|` gives, as a script; one of a single line is no more than a command. */
export function scriptOfText(text: string): Script {
  const lines = text.trimEnd().split(/\r?\n/)
  return lines.length > 1 ? scriptOf({ lines, info: '' }) : { command: text }
}

const posix = new Set(['', 'sh', 'shell', 'dash', 'posix', 'ash'])
const others = new Set(['bash', 'zsh', 'ksh'])
const transcripts = /^(?:console|(?:shell|sh|bash)-?session|terminal|output|log|text|txt|plain(?:text)?)$/

/**
 * A code block as one script that stops at its first failure. Where lines depend on each other (`cd build`, `rm -f *`),
 * a shell that continues after a failure, or one shell per line, does not do what the reader sees.
 */
export function scriptOf({ lines, info }: CodeBlock): Script {
  const language = info
    .replace(/^[{.\s]+/, '')
    .split(/[\s,}]/, 1)[0]!
    .toLowerCase()
  if (!posix.has(language) && !others.has(language)) return foreign(language)
  const prompted = lines.findIndex((line) => /^\s*\$ +\S/.test(line))
  if (prompted >= 0) {
    const hint = 'Write only what is typed after it, without the output.'
    return {
      line: prompted,
      problem: { message: 'This starts with a prompt, “$”: a transcript is not a script', hint },
    }
  }
  const text = lines.join('\n').replace(/^(?:[ \t]*\n)+|\s+$/g, '')
  const shebang = /^#![ \t]*(.+)/.exec(text)?.[1]
  if (shebang !== undefined && !isShell(shebang)) {
    const hint = 'Put it into a file in the project, and write the command that runs it.'
    return { line: 0, problem: { message: 'This script is not for a shell', hint } }
  }
  const body = shebang === undefined ? text : text.slice(text.indexOf('\n') + 1 || text.length)
  if (!/^[ \t]*[^\s#]/m.test(body)) {
    return {
      line: -1,
      problem: { message: 'There is no command in this block', hint: 'Write one, or remove the block.' },
    }
  }
  const head = shebang !== undefined ? `#!${shebang}\n` : others.has(language) ? `#!/usr/bin/env ${language}\n` : ''
  return { command: `${head}${mayGoOn(body) ? 'set -e\n' : ''}${body}` }
}

/** Whether a failure in the middle would go unseen: not in a single command, nor where the script handles it itself. */
function mayGoOn(body: string): boolean {
  return /[\n;]/.test(body) && !/^\s*set -\w*e/.test(body)
}

function isShell(shebang: string): boolean {
  const [program = '', ...more] = shebang.trim().split(/\s+/)
  const name = program.endsWith('/env') ? more.find((word) => !word.startsWith('-')) : program
  return /(?:^|\/)(?:ba|z|k|da|a)?sh$/.test(name ?? '')
}

function foreign(language: string): Script {
  const what = transcripts.test(language) ? 'A transcript is not a script' : `A ${language} block is not a shell script`
  const hint = 'Write ```sh and only the commands, or put the program into a file and write the command that runs it.'
  return { line: -1, problem: { message: what, hint } }
}
