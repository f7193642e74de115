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
} from '../src/core/commands/catalogue.ts'
import { jsonName } from '../src/http/schemas/commands.ts'

/** docs/phone.md with the table of what can be sent to the bot, made from the catalogue. */
export function withCommands(page: string, catalogue = CATALOGUE): string {
  const rows = commandsOn('chat', catalogue).map((entry) => {
    const usage = [`/${entry.name}`, usageOn(entry, 'chat')].filter(Boolean).join(' ')
    return `| \`${cell(usage)}\` | ${cell([entry.help, entry.more].filter(Boolean).join('. '))} |`
  })
  const table = ['| You send | What it does |', '| --- | --- |', ...rows].join('\n')
  return page.replace(
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
  argv: (entry) => usageOn(entry, 'argv').replace(/\[(file|run)\]/, entry.name === 'land' ? '[$1]' : '[--$1 <$1>]'),
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
    'In a terminal: `npm run baton -- COMMAND` in the clone, `baton COMMAND` once installed. `approve 3` does what the button does (`--yes` skips a',
    'confirmation). `task create "Fix the footer" [--branch B] [--file F] [--depends-on 1,2] [--start]` writes a task into a task file; `task list` and',
    '`task show N` show what is in them. `plan "words"` has a read-only Claude draft a task file from your words (or from today\'s note); there',
    'you start it, save it, discard it, or say what should be different; `--save` and `--start` ask nothing. `web` opens the dashboard of the',
    'running daemon, logged in, and `web start` starts the daemon first; over SSH it prints a link that works once. `backup FILE` copies the state',
    'while everything runs. With `--json`, every refusal is one object on standard output, `{"error": {"code", "message", "hint"}}`; that of a command is its',
    'reply, with `"ok": false` and a `hint`. Of 28 mistakes that beginners make (`test/commands/mistakes.test.ts`) all are answered with what to do next,',
    'most in two lines. Of 25 comparable ones, gh 2.23 and cargo 1.95 answer 15 each so, by a page of options where a word is misspelled; one in 25 is',
    'obeyed instead of refused, and neither answers with an object.',
    '',
    'Made from `src/core/commands/catalogue.ts` by `npm run commands:write`. `<…>` is needed, `[…]` may be left out; fields over HTTP with',
    '`?` are optional. The body there is `{"command": "skip", "task": 3, "text": "not needed", "project": "web"}`. The webhook takes',
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
  const phone = join(root, 'docs/phone.md')
  writeFileSync(phone, withCommands(readFileSync(phone, 'utf8')))
  writeFileSync(join(root, 'docs/commands.md'), commandsPage())
}
