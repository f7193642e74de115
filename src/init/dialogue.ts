import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { wrapWhole } from '../text/fit-columns.ts'

/** A conversation in lines. */
export interface Prompter {
  say(text: string): void
  /** What was typed, without spaces around it; undefined when the input has ended. */
  ask(question: string): Promise<string | undefined>
  /** Enter alone means `otherwise`; the end of the input is not consent. */
  confirm(question: string, otherwise: boolean): Promise<boolean>
  /** Ctrl-C was pressed. */
  interrupted(): boolean
  close(): void
}

/**
 * Talks over two streams. Lines that came before their question are kept for it, so that answers can be piped in.
 * The end of the input, Ctrl-C and Ctrl-D all end the conversation.
 */
export function dialogue(input: Readable, output: Writable): Prompter {
  const isTerminal = (input as Readable & { isTTY?: boolean }).isTTY === true
  const lines = createInterface({ input, output, terminal: isTerminal })
  const waiting: string[] = []
  let deliver: ((line: string | undefined) => void) | undefined
  let ended = false
  let interrupted = false
  lines.on('line', (line) => {
    if (deliver) deliver(line)
    else waiting.push(line)
  })
  lines.on('SIGINT', () => {
    interrupted = true
    lines.close()
  })
  lines.on('close', () => {
    ended = true
    deliver?.(undefined)
  })

  const next = (): Promise<string | undefined> => {
    const line = waiting.shift()
    if (line !== undefined || ended) return Promise.resolve(line)
    return new Promise((resolve) => {
      deliver = (answer) => {
        deliver = undefined
        resolve(answer)
      }
    })
  }
  /** On a terminal no word is broken. */
  const fitted = (text: string): string => {
    const { columns } = output as Writable & { columns?: number }
    if (!columns) return text
    return text
      .split('\n')
      .flatMap((line) => wrapWhole(line, columns))
      .join('\n')
  }
  const ask = async (question: string): Promise<string | undefined> => {
    // As readline's own prompt: it redraws the line when something in it is changed.
    lines.setPrompt(`${question} `)
    if (!ended) lines.prompt()
    const answer = (await next())?.trim()
    if (!isTerminal || answer === undefined) output.write('\n')
    return answer
  }
  return {
    say: (text) => void output.write(`${fitted(text)}\n`),
    ask,
    async confirm(question, otherwise) {
      const answer = await ask(`${question} [${otherwise ? 'Y/n' : 'y/N'}]`)
      if (answer === undefined) return false
      return answer === '' ? otherwise : /^y(es)?$/i.test(answer)
    },
    interrupted: () => interrupted,
    close: () => lines.close(),
  }
}
