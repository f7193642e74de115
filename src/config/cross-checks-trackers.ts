import { LEDGER_SOURCES } from '../core/ledger-properties.ts'
import type { AllValues } from './build.ts'
import type { ConfigProblem } from './problem.ts'
import type { YamlFile } from './yaml-file.ts'

/** A page needs a title, and what says which run it is about: Notion knows no other key. */
export function ledgerProblems({ notion: { properties } }: AllValues, yaml: YamlFile): ConfigProblem[] {
  const written = Object.entries(properties)
  if (written.length === 0) return []
  const refused = (at: string[], message: string, hint: string) =>
    yaml.problemAt(at, 'value', { severity: 'error', message, hint })
  return [
    ...written.flatMap(([name, { source }]) =>
      LEDGER_SOURCES.has(source)
        ? []
        : [
            refused(
              ['notion', 'properties', name, 'source'],
              `there is no fact \`${source}\``,
              `docs/notion.md lists them, such as ${[...LEDGER_SOURCES].slice(0, 5).join(', ')}.`,
            ),
          ],
    ),
    ...(written.filter(([, { type }]) => type === 'title').length === 1
      ? []
      : [
          refused(
            ['notion', 'properties'],
            'exactly one property is the title of a page',
            'Write one, such as Name: {type: title, source: title}.',
          ),
        ]),
    ...(written.some(([, { type, source }]) => type === 'rich_text' && source === 'id')
      ? []
      : [
          refused(
            ['notion', 'properties'],
            'no property says which run a page is about',
            'Add one, such as ID: {type: rich_text, source: id}.',
          ),
        ]),
  ]
}

/** A ticket is worked on in one place. */
export function queryProblems(values: AllValues, yaml: YamlFile): ConfigProblem[] {
  const seen = new Set<string>()
  return Object.entries(values.projects).flatMap(([name, { jira }]) => {
    if (jira?.project === undefined) return []
    const of = JSON.stringify([jira.url ?? values.jira.url, jira.project, jira.jql ?? values.jira.jql])
    if (!seen.has(of)) {
      seen.add(of)
      return []
    }
    return [
      yaml.problemAt(['projects', name, 'jira', 'project'], 'value', {
        severity: 'error',
        message: `tickets of ${jira.project} would become tasks of two projects`,
        hint: 'Tell them apart by `jql`, such as labels = frontend.',
      }),
    ]
  })
}
