import type { LedgerProperty, PropertyType } from '../core/ledger-properties.ts'

/** The properties of a table, by name, as Notion tells them. */
export type TableSchema = Readonly<Record<string, { id: string; type: string }>>

/** What keeps a table from showing everything that the configuration names. */
export interface SchemaGap {
  /** Names of properties that are not there. */
  missing: [name: string, type: PropertyType][]
  /** The title is called something else: every table has exactly one. */
  title?: { id: string; from: string; to: string }
  /** In words. */
  wrong: string[]
}

/** What there is and what is wanted, compared. Pure. */
export function schemaGap(schema: TableSchema, wanted: Readonly<Record<string, LedgerProperty>>): SchemaGap {
  const gap: SchemaGap = { missing: [], wrong: [] }
  const titleNow = Object.entries(schema).find(([, { type }]) => type === 'title')
  for (const [name, { type }] of Object.entries(wanted)) {
    const there = schema[name]
    if (there?.type === type) continue
    if (there) gap.wrong.push(`"${name}" is of the type ${there.type}, and the configuration says ${type}`)
    else if (type === 'title' && titleNow) gap.title = { id: titleNow[1].id, from: titleNow[0], to: name }
    else gap.missing.push([name, type])
  }
  return gap
}

/** Names of the properties that can be written as they are. */
export function writableNames(schema: TableSchema, wanted: Readonly<Record<string, LedgerProperty>>): Set<string> {
  return new Set(Object.entries(wanted).flatMap(([name, { type }]) => (schema[name]?.type === type ? [name] : [])))
}

/** The change of a table that closes a gap, as far as it can be closed from here. Pure. */
export function repairOf({ missing, title }: SchemaGap): Record<string, object> {
  return Object.fromEntries([
    ...missing.map(([name, type]): [string, object] => [name, { type, [type]: {} }]),
    ...(title ? ([[title.id, { name: title.to }]] as [string, object][]) : []),
  ])
}

/** The property that says which run or deployment a page is about; the configuration is refused without one. */
export const idProperty = (wanted: Readonly<Record<string, LedgerProperty>>): string =>
  Object.entries(wanted).find(([, { type, source }]) => type === 'rich_text' && source === 'id')?.[0] as string
