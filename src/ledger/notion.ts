import { APIErrorCode, APIResponseError, Client, isNotionClientError } from '@notionhq/client'
import { networkCause, RequestError } from '../network-errors.ts'
import type { TableSchema } from './schema.ts'

/** What kind of no Notion said, as far as it decides what happens next. */
type NotionTrouble =
  /** Too much at once; `retryAt` says when to ask again. */
  | 'limited'
  /** The token is wrong. */
  | 'unauthorized'
  /** It is not there, or not shared with the integration. */
  | 'missing'
  /** It was understood and refused. */
  | 'refused'
  /** Whether it was done is not known, or Notion is away. */
  | 'away'

export class NotionError extends RequestError<NotionTrouble> {
  override name = 'NotionError'
}

export interface NotionAccess {
  token: string
  /** Absent: Notion's own. */
  apiUrl: string | undefined
}

/** A table of a database: rows live in a data source of it. */
export interface NotionTable {
  schema: () => Promise<TableSchema>
  /** Makes properties, or gives them other names. */
  change: (properties: Record<string, object>) => Promise<void>
  /** The page whose property says this, where there is one. */
  find: (property: string, text: string) => Promise<string | undefined>
  create: (properties: Record<string, object>) => Promise<string>
  update: (page: string, properties: Record<string, object>) => Promise<void>
}

const TIMEOUT_MS = 20_000
/** Notion takes three requests a second, on average. */
const GAP_MS = 350
const DEFAULT_WAIT_MS = 30_000

/**
 * The table that is written to: the only data source of a database, or the one that is named. One request at a time, with a pause
 * after each; nothing is repeated. Throws NotionError.
 */
export async function openTable(
  { token, apiUrl }: NotionAccess,
  { database, source }: { database: string; source?: string | undefined },
  { now, gapMs = GAP_MS }: { now: () => number; gapMs?: number },
): Promise<NotionTable> {
  const notion = new Client({
    auth: token,
    ...(apiUrl !== undefined && { baseUrl: apiUrl }),
    notionVersion: '2026-03-11',
    timeoutMs: TIMEOUT_MS,
    // It would repeat what must not be done twice.
    retry: false,
    logger: () => undefined,
  })
  let last: Promise<unknown> = Promise.resolve()
  const call = <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const result = last.then(work).catch((error) => {
      throw troubleOf(error, what, now())
    })
    last = result.catch(() => undefined).then(() => new Promise((resolve) => setTimeout(resolve, gapMs)))
    return result
  }

  const dataSource = await call('the database', async () => {
    const found = await notion.databases.retrieve({ database_id: database })
    const sources = 'data_sources' in found ? found.data_sources : []
    const named = source === undefined ? sources : sources.filter(({ id, name }) => id === source || name === source)
    const [only] = named
    if (only && named.length === 1) return only.id
    const names = sources.map(({ name }) => `"${name}"`).join(', ')
    throw new NotionError(
      'refused',
      source === undefined
        ? `The database has ${sources.length} data sources (${names}): say which by notion.source.`
        : `The database has no data source "${source}"; it has ${names || 'none that the integration sees'}.`,
    )
  })

  return {
    schema: () =>
      call('the data source', async () => {
        const { properties } = await notion.dataSources.retrieve({ data_source_id: dataSource })
        return Object.fromEntries(Object.values(properties).map(({ id, name, type }) => [name, { id, type }]))
      }),
    change: (properties) =>
      call('a change of the properties', async () => {
        await notion.dataSources.update({ data_source_id: dataSource, properties: properties as never })
      }),
    find: (property, text) =>
      call('a query', async () => {
        const { results } = await notion.dataSources.query({
          data_source_id: dataSource,
          filter: { property, rich_text: { equals: text } },
          page_size: 1,
        })
        return results[0]?.id
      }),
    create: (properties) =>
      call('a new page', async () => {
        const parent = { type: 'data_source_id' as const, data_source_id: dataSource }
        return (await notion.pages.create({ parent, properties: properties as never })).id
      }),
    update: (page, properties) =>
      call('a page', async () => {
        await notion.pages.update({ page_id: page, properties: properties as never })
      }),
  }
}

function troubleOf(error: unknown, what: string, now: number): NotionError {
  if (error instanceof NotionError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (!APIResponseError.isAPIResponseError(error)) {
    const why = isNotionClientError(error) ? message : networkCause(error)
    return new NotionError('away', `Notion did not answer (${what}): ${why}`, { cause: error })
  }
  const said = `Notion refused ${what} (${error.code}): ${message}`
  if (error.status === 429 || error.status === 529) {
    const headers = error.headers as { get?: (name: string) => string | null }
    const seconds = Number(headers.get?.('retry-after') ?? Number.NaN)
    const waitMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : DEFAULT_WAIT_MS
    return new NotionError('limited', `Notion's limit of requests is reached (${what}).`, { retryAt: now + waitMs })
  }
  // Two writers at once: the later one may try again.
  if (error.status >= 500 || error.code === APIErrorCode.ConflictError)
    return new NotionError('away', `Notion answered ${what} with ${error.status}: ${message}`, { cause: error })
  if (error.status === 401) return new NotionError('unauthorized', `${said} NOTION_TOKEN in .env is wrong.`)
  if (error.status === 403 || error.status === 404)
    return new NotionError('missing', `${said} Is the database shared with the integration?`)
  return new NotionError('refused', said)
}
