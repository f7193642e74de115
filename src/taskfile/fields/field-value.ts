import { scriptOf } from '../../core/script.ts'
import { type Commands, wordsIn } from './commands.ts'
import { whyNoCommand } from './no-command.ts'
import type { FieldValue } from './readers.ts'

/** The value of a field that was given as a list of texts, as in YAML or JSON; a single one is a list of one. */
export function fieldValue(entries: string[]): FieldValue {
  return {
    text: entries.join(', '),
    entries: () => entries,
    commands: () => commandsIn(entries),
  }
}

/** Each entry is a command; one of several lines (`|`) is a script, as a code block is. */
function commandsIn(entries: string[]): Commands {
  const found: Commands = { commands: [], problems: [] }
  for (const entry of entries) {
    const lines = entry.split(/\r?\n/)
    const isScript = lines.length > 1
    const why = isScript ? wordsIn(lines)?.why : whyNoCommand(entry)
    const script = isScript ? scriptOf({ lines, info: '' }) : { command: entry }
    if (why) found.problems.push(why)
    else if ('problem' in script) found.problems.push({ at: 0, ...script.problem })
    else found.commands.push(script.command)
  }
  return found
}
