import type { Command } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import type { Ask } from '../../core/types.ts'
import type { Redact } from '../../redact/redact.ts'
import { withoutSecrets } from '../../redact/redact-value.ts'
import { askLines } from '../show/ask-text.ts'
import { clean } from '../show/clean.ts'
import { type CallName, typedReplyText } from '../show/how-to.ts'
import type { Paint } from '../show/paint.ts'
import { type AskDialogue, beginDialogue, hear, promptOf } from '../talk/dialogue.ts'
import { readTyped, typedHelp } from '../talk/typed.ts'

export interface ConversationPorts {
  submit: (command: Command) => Promise<Reply>
  /** How this program is called in another terminal. */
  call: CallName
  /** Lines that stay. */
  print: (lines: readonly string[]) => void
  /** Columns of the terminal that they are printed on. */
  columns?: () => number
  redact: Redact
  /** The end of the running task's log. */
  log: () => readonly string[]
  /** The person wants to leave, as with Ctrl-C. */
  leave: () => void
  /** The prompt or the notice is another one now. */
  changed: () => void
  paint: Paint
}

/** The person at the terminal: asks are put to them one after the other, what they type is an answer or a command. */
export interface Conversation {
  /** The asks that are open now, oldest first. */
  setAsks: (asks: readonly Ask[]) => void
  /** The line that is being typed. */
  edit: (line: string) => void
  line: (line: string) => Promise<void>
  prompt: () => readonly string[] | undefined
  notice: () => string | undefined
}

/** Begins without anything asked. */
export function createConversation(ports: ConversationPorts): Conversation {
  let asks: readonly Ask[] = []
  let dialogue: AskDialogue | undefined
  let notice: string | undefined
  let draft = ''
  /** The ask that was open when the line was started: a line is never mistaken for an answer to what came later. */
  let begunFor: string | undefined

  const remark = (text: string | undefined) => {
    notice = text
    ports.changed()
  }

  const nextDialogue = () => {
    const first = asks[0]
    if (dialogue?.ask.id === first?.id) return
    dialogue = first && beginDialogue(first)
    if (first) ports.print(askLines(withoutSecrets(ports.redact, first), ports.paint, ports.columns?.()))
    remark(undefined)
  }

  const submit = async (command: Command) => {
    const reply = await ports.submit(command)
    // What was done shows in its event; what was not done shows nowhere else.
    if (!reply.ok || reply.code !== undefined) remark(clean(typedReplyText(reply, ports.call)).split('\n').join(' '))
    else if (command.type === 'add' || command.type === 'say') remark(clean(reply.text))
  }

  const command = async (line: string, slashOnly: boolean): Promise<boolean> => {
    const typed = readTyped(line, { slashOnly })
    if ('words' in typed) return false
    if ('command' in typed) await submit(typed.command)
    else if ('leave' in typed) ports.leave()
    else if ('remark' in typed) remark(typed.remark)
    else ports.print(typed.show === 'help' ? typedHelp() : ports.log())
    return true
  }

  const answer = async (line: string, current: AskDialogue) => {
    const turn = hear(current, line)
    if ('show' in turn) ports.print(ports.log())
    else if ('dialogue' in turn) {
      dialogue = turn.dialogue
      remark(turn.remark)
    } else await submit(turn.command)
  }

  return {
    setAsks(open) {
      asks = open
      nextDialogue()
    },
    edit(line) {
      if (draft === '' && line !== '') begunFor = dialogue?.ask.id
      draft = line
    },
    async line(line) {
      const meantFor = draft === '' ? dialogue?.ask.id : begunFor
      const current = dialogue
      draft = ''
      notice = undefined
      if (!current) {
        if (meantFor !== undefined && line.trim() !== '')
          remark('That was decided in the meantime; what you typed was not sent.')
        else if (!(await command(line, false))) ports.changed()
        return
      }
      if (meantFor === current.ask.id) {
        if (!(await command(line, true))) await answer(line, current)
      } else if (meantFor !== undefined) remark('There is a different question now; what you typed was not sent.')
      else if (!(await command(line, false))) ports.changed()
    },
    prompt: () => {
      if (!dialogue) return undefined
      const lines = promptOf(dialogue)
      const others = asks.length - 1
      return others > 0 ? [`${lines[0] ?? ''} (${others} more waiting)`, ...lines.slice(1)] : lines
    },
    notice: () => notice,
  }
}
