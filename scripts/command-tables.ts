import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  argumentsOn,
  CATALOGUE,
  type CommandEntry,
  type CommandSurface,
  commandsOn,
  isRequired,
  usageOn,
} from '../src/core/catalogue.ts'
import { jsonName } from '../src/http/schemas/commands.ts'

/** The README with the table of what can be sent to the bot, made from the catalogue. */
export function withCommands(readme: string, catalogue = CATALOGUE): string {
  const rows = commandsOn('chat', catalogue).map((entry) => {
    const usage = [`/${entry.name}`, usageOn(entry, 'chat')].filter(Boolean).join(' ')
    return `| \`${usage}\` | ${cell([entry.help, entry.more].filter(Boolean).join('. '))} |`
  })
  const table = ['| You send | What it does |', '| --- | --- |', ...rows].join('\n')
  return readme.replace(
    /(<!-- commands -->\n)[\s\S]*?(<!-- \/commands -->)/,
    (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
  )
}

const SURFACES: [surface: CommandSurface, title: string][] = [
  ['chat', 'In a chat'],
  ['argv', '`baton …`'],
  ['typed', 'Typed beside the work'],
  ['http', '`POST /api/commands`'],
  ['webhook', '`POST /webhook/command`'],
]

/** What a command takes, as it is written there. */
const TAKEN: Record<CommandSurface, (entry: CommandEntry) => string> = {
  chat: (entry) => usageOn(entry, 'chat'),
  argv: (entry) => usageOn(entry, 'argv').replace('[file]', '[--file <file>]'),
  typed: (entry) => usageOn(entry, 'typed'),
  http: (entry) =>
    argumentsOn(entry, 'http')
      .map((one) => (isRequired(one, 'http') ? jsonName(one) : `${jsonName(one)}?`))
      .join(', '),
  // The words of the predecessor, which the catalogue does not decide.
  webhook: () => '',
}

/** docs/commands.md: every command with what it takes on each surface. */
export function commandsPage(catalogue = CATALOGUE): string {
  const rows = catalogue.map((entry) => {
    const cells = SURFACES.map(([surface]) => {
      if (!entry.on.includes(surface)) return ''
      const taken = TAKEN[surface](entry)
      return taken === '' ? 'yes' : `\`${taken}\``
    })
    return `| \`${entry.name}\` | ${cell(entry.help)} | ${cells.map(cell).join(' | ')} |`
  })
  return `${[
    '# Commands',
    '',
    'Made from `src/core/catalogue.ts` by `npm run commands:write`. `<…>` is needed, `[…]` may be left out; of the fields over HTTP those with',
    '`?` may. The body there is `{"command": "skip", "task": 3, "text": "not needed", "project": "web"}`. The webhook takes',
    '`{"command", "secret", "params"}`; `/api/openapi.json` has the fields of both. In a terminal each command has `--help`.',
    '',
    `| Command | What it does | ${SURFACES.map(([, title]) => title).join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(SURFACES.length)}`,
    ...rows,
  ].join('\n')}\n`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

// Both are made from the catalogue, and tests hold them to it: `npm run commands:write` after an entry has changed.
if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const readme = join(root, 'README.md')
  writeFileSync(readme, withCommands(readFileSync(readme, 'utf8')))
  writeFileSync(join(root, 'docs/commands.md'), commandsPage())
}
