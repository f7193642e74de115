import { commandNamed } from '../../core/commands/catalogue.ts'
import type { Reply } from '../../core/inputs.ts'
import type { Ask } from '../../core/types.ts'

/** As in package.json. */
const OWN_NAME = 'baton-tasks'

/**
 * How this program is called here: `npm run baton --` in a clone, `baton` once installed, `npx baton` where it is installed
 * into a folder; with its home where needed.
 */
export interface CallName {
  /** Before a command: `npm run baton --`. */
  baton: string
  /** Before task files: `npm run tasks --`. */
  tasks: string
}

/** Chooses the words from the environment that npm gives to what it runs. */
export function callName(env: NodeJS.ProcessEnv, home?: string, project?: string): CallName {
  const at = home === undefined ? '' : ` --home ${shellWord(home)}`
  const started = startedBy(env)
  const name = started === 'npx' ? 'npx baton' : 'baton'
  const call =
    started === 'script'
      ? { baton: `npm run baton --${at}`, tasks: `npm run tasks --${at}` }
      : { baton: `${name}${at}`, tasks: `${name} tasks${at}` }
  return project === undefined ? call : withProject(call, project)
}

/** One command as it is given here; scripts of package.json are there for single words only. */
export function callText(env: NodeJS.ProcessEnv, command: string): string {
  const isScript = startedBy(env) === 'script' && /^\w+$/.test(command)
  return isScript ? `npm run ${command}` : `${callName(env).baton} ${command}`
}

/** What npm says of itself to what it runs: a script of the clone, npx, or a script of somebody else's package. */
function startedBy({ npm_lifecycle_event: event, npm_package_name: name = OWN_NAME }: NodeJS.ProcessEnv) {
  if (event === undefined) return 'name'
  return event === 'npx' || name !== OWN_NAME ? 'npx' : 'script'
}

/** The same for another project than the first. */
export function withProject({ baton, tasks }: CallName, project: string): CallName {
  const which = ` --project ${shellWord(project)}`
  return { baton: baton + which, tasks: tasks + which }
}

/** What a reply says, with the commands that it names as they are given here. */
export function replyText({ text, commands = [] }: Pick<Reply, 'text' | 'commands'>, call: CallName): string {
  return commands.reduce((shown, command) => shown.replace(command, () => commandHere(command, call)), text)
}

/** The same beside the work: what can be typed there is written as it is typed, and the rest as in another terminal. */
export function typedReplyText({ text, commands = [] }: Pick<Reply, 'text' | 'commands'>, call: CallName): string {
  const isTyped = (command: string) => commandNamed('typed', command.slice(1).split(' ', 1)[0] ?? '') !== undefined
  const shown = replyText({ text, commands: commands.filter((command) => !isTyped(command)) }, call)
  return commands.filter(isTyped).reduce((so, command) => so.replace(command, () => command.slice(1)), shown)
}

function commandHere(command: string, { baton, tasks }: CallName): string {
  const [, name = '', words = ''] = /^\/(\S+) ?(.*)$/s.exec(command) ?? []
  const program = name === 'start' ? tasks : `${baton} ${name}`
  return words === '' ? program : `${program} ${shellWord(words)}`
}

/** As one word of a shell. */
export function shellWord(text: string): string {
  if (/^[\w./:@%+,-]+$/.test(text)) return text
  // What a shell would still read inside double quotes goes into single ones.
  return /["$`\\!\n]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`
}

/** The commands that answer an ask, one a line, the likeliest first. */
export function answerCommands(ask: Ask, { baton }: CallName): string[] {
  const n = ask.task
  if (ask.kind === 'question') {
    const questions = ask.questions ?? []
    const words = questions.map((question) => {
      const labels = question.options.map((option) => option.label)
      const chosen = question.multiSelect ? labels.slice(0, 2).join(', ') : labels[0]
      return shellWord(chosen ?? 'your words')
    })
    const quoted = words.map((word) => (/^["']/.test(word) ? word : `"${word}"`))
    return [`${baton} answer ${n} ${quoted.join(' ') || '"your words"'}`]
  }
  const offered = new Set(ask.options.map((option) => option.choice))
  const commands: string[] = []
  if (offered.has('approve') || offered.has('allow') || offered.has('accept')) commands.push(`${baton} approve ${n}`)
  if (offered.has('allow-task')) commands.push(`${baton} answer ${n} "Allow for this task"`)
  const undo = ask.about === 'undo' && ask.options.find(({ choice }) => choice === 'undo')
  if (undo) commands.push(`${baton} answer ${n} ${shellWord(undo.label)}`)
  if (offered.has('reject') || offered.has('deny')) commands.push(`${baton} reject ${n} "why"`)
  if (offered.has('send-back')) commands.push(`${baton} reject ${n} "what to change"`)
  if (offered.has('retry')) commands.push(`${baton} retry ${n}`)
  if (ask.kind === 'failure' && !ask.about) commands.push(`${baton} answer ${n} "what to do differently"`)
  if (offered.has('skip')) commands.push(`${baton} skip ${n}`)
  if (ask.kind === 'failure' && offered.has('stop')) commands.push(`${baton} stop`)
  return commands
}
