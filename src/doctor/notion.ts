import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import { type DoctorCheck, named } from './check.ts'

/** Whether the ledger can be written, with everything that it is to show; makes the properties that its table lacks. */
export async function checkNotion(
  { notion }: Config,
  { notionToken: token, notionApiUrl: apiUrl }: Pick<Secrets, 'notionToken' | 'notionApiUrl'>,
): Promise<DoctorCheck[]> {
  if (!notion) return []
  const check = named('notion', { needed: false })
  if (token === undefined) return [check.fail('NOTION_TOKEN is missing', 'Set it in .env (docs/notion.md).')]
  // Most homes keep no ledger, and need not load it.
  const { NotionError, openTable } = await import('../ledger/notion.ts')
  const { repairOf, schemaGap } = await import('../ledger/schema.ts')
  try {
    const table = await openTable({ token, apiUrl }, notion, { now: Date.now })
    const before = schemaGap(await table.schema(), notion.properties)
    const repair = repairOf(before)
    const made = Object.keys(repair).length
    if (made > 0) await table.change(repair)
    const { wrong } = made > 0 ? schemaGap(await table.schema(), notion.properties) : before
    if (wrong.length > 0)
      return [
        check.fail(wrong.join('; '), 'Rename these properties in Notion, or change their type in notion.properties.'),
      ]
    const count = Object.keys(notion.properties).length
    return [check.ok(`${count} properties${made > 0 ? `, ${made} of them made just now` : ''}`)]
  } catch (error) {
    if (!(error instanceof NotionError)) throw error
    return [
      check.fail(error.message, 'Check NOTION_TOKEN and notion.database, and share the database with the integration.'),
    ]
  }
}
