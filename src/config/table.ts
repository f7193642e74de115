import { allKeys } from './keys-all.ts'
import { rowsOf } from './rows.ts'

/** The table of all keys of config.yaml, as Markdown. */
export function configTable(): string {
  const rows = rowsOf(allKeys).map(({ name, expected, initial, otherwise, about }) => {
    const holds = initial === undefined ? `*${otherwise}*` : `\`${initial}\``
    return `| \`${name}\` | ${cell(expected)} | ${cell(holds)} | ${cell(about)} |`
  })
  return ['| Key | What to write | Default | What it does |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
