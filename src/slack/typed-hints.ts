import { commandsOn } from '../core/commands/catalogue.ts'
import type { Node } from '../text/document/nodes.ts'

// Slack keeps words with a slash for itself, and has none in threads: `/status` in a hint of ours is typed as `!status`. What
// somebody else wrote is never changed, all the more where it is decided about: a hint is known by the words around it.

const COMMANDS = commandsOn('chat')
const NAMES = COMMANDS.map(({ name }) => name).join('|')
const BEFORE = String.raw`(^|\n|[.,·:] |\b(?:Try|Send|Send me) )`
const AFTER = [
  String.raw` to (?:continue|begin|start over|start new tasks|redo task)\b`,
  String.raw` \d+ to redo task\b`,
  ' for (?:the list|the current one|what I can do)',
  ' (?:lists the commands|creates one|brings the merged work|and a few words)',
  ' <(?:file|words)>',
  String.raw` there\.`,
].join('|')
const HINTS = [
  new RegExp(`${BEFORE}/(${NAMES})(?=${AFTER})`, 'g'),
  /((?:^|\n)|[ap]m · |\d · )\/(release|retry)(?= \d+(?:$| ·))/g,
  /(\btasks? left: )\/(resume)$/gm,
  /(\bTry )\/(help)(?=\.)/g,
  /(\bthe name of one first: )\/(skip)(?= web\.)/g,
]

/** Writes the hints of a message as they are typed on Slack. */
export const withTypedHints = (body: readonly Node[]): Node[] =>
  body.map((node) => (typeof node === 'string' ? hinted(node) : node))

function hinted(text: string): string {
  const isHelp = COMMANDS.some(({ name, help }) => text.startsWith(`/${name}`) && text.endsWith(` – ${help}\n`))
  if (isHelp) return `!${text.slice(1)}`
  return HINTS.reduce((all, hint) => all.replace(hint, '$1!$2'), text)
}
