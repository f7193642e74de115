import type { Command as Commander } from 'commander'
import type { Command } from '../core/commands.ts'
import { batonError } from '../errors.ts'
import { readNumber, readTask } from './argv-numbers.ts'
import type { Call } from './call.ts'

interface ActOptions {
  yes?: boolean
  json?: boolean
  file?: string
}

/** The acts of the phone, as subcommands. */
export function addCommands(program: Commander, set: (call: Call) => void): void {
  const act = (
    name: string,
    description: string,
    args: string,
    read: (words: string[], options: ActOptions) => Command & { words?: string[] },
  ) => {
    const command = program.command(name).description(description)
    if (args !== '') command.argument(args)
    return command
      .option('--yes', 'do it without asking back')
      .option('--json', 'the reply as one JSON object')
      .action((...given: unknown[]) => {
        // commander gives the argument, if there is one, then the options, then the command.
        const options = given.at(-2) as ActOptions
        const words = given.length > 2 ? [given[0] ?? []].flat() : []
        const { words: texts, ...command } = read(words as string[], options)
        set({
          do: 'command',
          command,
          yes: options.yes === true,
          json: options.json === true,
          ...(texts && { words: texts }),
        })
      })
  }
  act('approve', 'say yes to what is asked', '[task]', ([task]) => ({ type: 'approve', target: target(task) }))
  act('reject', 'say no, with a reason', '[task and why...]', (words) => {
    const { task, text } = numbered(words)
    return { type: 'reject', target: target(task), ...(text !== '' && { text }) }
  })
  act('answer', 'answer a question in words, or with the number or label of an option', '<task and text...>', answer)
  act('pause', 'end the running step in an orderly way, and wait', '[when]', ([when]) => {
    if (when !== undefined && when !== 'after')
      throw batonError('usage', { message: `Pause "${when}"? It is pause, or pause after (the running task).` })
    return { type: 'pause', ...(when === 'after' && { afterTask: true }) }
  })
  act('resume', 'go on', '', () => ({ type: 'resume' }))
  act('skip', 'leave a task out', '[task and why...]', (words) => {
    const { task, text } = numbered(words)
    return { type: 'skip', ...(task !== undefined && { task: readNumber(task) }), ...(text !== '' && { why: text }) }
  })
  act('retry', 'try a task again', '[task]', ([task]) => ({
    type: 'retry',
    ...(task !== undefined && { task: readTask(task) }),
  }))
  act('stop', 'end the run; it can be continued', '', () => ({ type: 'stop' }))
  act('say', 'tell Claude something while it works', '<task and text...>', (words) => {
    const { task, text } = words.length > 1 ? numbered(words) : { task: undefined, text: words.join(' ') }
    if (text.trim() === '') throw batonError('usage', { message: 'Say what?' })
    return { type: 'say', text, ...(task !== undefined && { task: readTask(task) }) }
  })
  act('add', 'put a task at the end of a task file', '<text...>', (words, { file }) => ({
    type: 'add',
    text: words.join(' '),
    ...(file !== undefined && { file }),
  })).option('--file <file>', 'which task file (default: the first of config.yaml)')
  act('undo', 'bring back the files as they were before a task', '<task>', ([task]) => ({
    type: 'undo',
    task: readTask(task ?? ''),
  }))
}

/** `answer 3 "Blue"` is about task 3; `answer 3` alone is the answer 3. */
function answer(words: string[]): Command & { words: string[] } {
  const [first, ...rest] = words
  const isNumbered = rest.length > 0 && /^\d+$/.test(first ?? '')
  const texts = isNumbered ? rest : words
  return { type: 'words', target: target(isNumbered ? first : undefined), words: texts }
}

const target = (task: string | undefined) => (task === undefined ? {} : { task: readTask(task) })

/** A number at the beginning names the task, what follows are words. */
function numbered([first, ...rest]: string[]): { task?: string; text: string } {
  if (first !== undefined && /^\d+$/.test(first)) return { task: first, text: rest.join(' ') }
  return { text: [first, ...rest].filter((word) => word !== undefined).join(' ') }
}
