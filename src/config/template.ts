import { type Group, isKey, type Key } from './keys.ts'
import { allKeys } from './keys-all.ts'
import { inYaml } from './rows.ts'

const HEAD = `# What Baton does, and how. Every key is optional, and an empty file works: what is commented out is the default
# (or an example, where it says "if not set"). To change a key, remove the # in front of it and of the key above that
# it belongs to. Times are written with their unit: 90s, 20m, 2h, 1d. Secrets belong in .env, not here.
`

/** A config.yaml in which everything is explained and nothing is set: `# ` begins words, `#` alone a key. */
export function configTemplate(): string {
  const blocks = Object.entries(allKeys as Group).map(([name, entry]) => block(name, entry, '').join('\n'))
  return `${[HEAD, ...blocks].join('\n')}\n`
}

function block(name: string, entry: Key<unknown> | Group, indent: string): string[] {
  if (isKey(entry) && entry.isOld) return []
  if (isKey(entry)) return [...words(entry, indent), ...setting(name, entry, indent), ...(indent === '' ? [''] : [])]
  const inner = Object.entries(entry).flatMap(([below, part]) => block(below, part, `${indent}  `))
  return [`#${indent}${name}:`, ...inner, ...(indent === '' ? [''] : [])]
}

function words({ about, otherwise, initial, example, key }: Key<unknown>, indent: string): string[] {
  const absent = initial === undefined ? `If not set: ${otherwise?.replaceAll('`', '')}.` : ''
  const shown = example?.includes('\n') ? '' : example && initial !== undefined ? `For example: ${example}` : ''
  const choices = key.words ? `(${key.expected})` : ''
  return wrap([about, choices, absent, shown].filter(Boolean).join(' '), indent === '' ? '# ' : `#${indent}# `)
}

function setting(name: string, { initial, example }: Key<unknown>, indent: string): string[] {
  if (example?.includes('\n'))
    return [`#${indent}${name}:`, ...example.split('\n').map((line) => `#${indent}  ${line}`)]
  return [`#${indent}${name}: ${initial === undefined ? example : inYaml(initial)}`]
}

/** As wide as people read comfortably. */
const WIDTH = 110

function wrap(text: string, prefix: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.replaceAll('`', '').split(' ')) {
    if (line && prefix.length + line.length + 1 + word.length > WIDTH) {
      lines.push(prefix + line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, prefix + line]
}
