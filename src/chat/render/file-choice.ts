import { cut } from '../../text/cut.ts'
import { bold, code, type Node } from '../../text/document/nodes.ts'
import { encodeTap, fileKey } from '../callback.ts'
import type { Message } from '../message.ts'
import { BUTTON_UNITS } from './buttons.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { messageOf } from './parts.ts'

const MAX_FILES = 30
/** Where each one takes some lines beside its button. */
const MAX_LISTED = 12

/**
 * Which file? Each one is a button, and where a button is too narrow for a name, all are numbered and listed. Of many
 * files the last ones count: files of the day are named by their date.
 */
export function renderFileChoice(files: string[], about: { unknown?: string; nothingRan?: true } = {}): Message {
  const isNumbered = files.slice(-MAX_FILES).some((file) => oneLine(file, 400).length > BUTTON_UNITS)
  const shown = files.slice(isNumbered ? -MAX_LISTED : -MAX_FILES)
  const names = shown.map((file) => oneLine(file, 400) || '(no name)')
  const folder = isNumbered ? commonFolder(names) : ''
  const buttons = shown.map((file, i) => {
    const name = (names[i] as string).slice(folder.length)
    const text = isNumbered ? cut(`${i + 1} · ${name}`, BUTTON_UNITS) : name
    return [{ text, data: encodeTap({ kind: 'start', fileKey: fileKey(file) }), isOption: true as const }]
  })
  const left = files.length - shown.length
  const fitted = compose([
    files.length > 0 ? lead(about) : ['There is no task file yet. /add creates one.'],
    isNumbered && {
      text: names.map((name, i) => `${i + 1} · ${name.slice(folder.length)}`).join('\n'),
      as: (text) => [...(folder === '' ? [] : ['In ', code(folder), '\n']), text],
      keep: 'ends',
    },
    left > 0 && [`… and ${left} more: /start <file>`],
  ])
  return messageOf(fitted, { silent: true, buttons })
}

function lead({ unknown, nothingRan }: { unknown?: string; nothingRan?: true }): Node[] {
  if (unknown !== undefined)
    return ['No such file: ', code(oneLine(unknown, 200)), '. ', bold('Which one should I start?')]
  return nothingRan
    ? ['Nothing has run yet. ', bold('Which file should I start?')]
    : [bold('Which file should I start?')]
}

/** `tasks/` of `tasks/a.md` and `tasks/b.md`. */
function commonFolder([first = '', ...others]: string[]): string {
  const folders = first.split('/').slice(0, -1)
  for (let depth = folders.length; depth > 0; depth--) {
    const folder = `${folders.slice(0, depth).join('/')}/`
    if (others.every((name) => name.startsWith(folder))) return folder
  }
  return ''
}
