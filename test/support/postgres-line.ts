import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One machine's own line to a Postgres, which can be cut while all others keep theirs. */
export interface PostgresLine {
  url: string
  cut: () => Promise<void>
  mend: () => Promise<void>
  close: () => Promise<void>
}

/** Lays it to a database with a socket, as those of tests are. */
export async function layLine(url: string): Promise<PostgresLine> {
  const host = decodeURIComponent(/[?&]host=([^&]*)/.exec(url)?.[1] ?? '')
  const folder = mkdtempSync(join(tmpdir(), 'baton-line-'))
  const [here, there] = [folder, host].map((one) => join(one, '.s.PGSQL.5432')) as [string, string]
  const ends = new Set<Socket>()
  let server: Server | undefined
  const mend = async () => {
    server = createServer((near) => {
      const far = createConnection(there)
      for (const end of [near, far]) {
        ends.add(end)
        end.on('error', () => undefined)
        end.on('close', () => {
          ends.delete(end)
          near.destroy()
          far.destroy()
        })
      }
      near.pipe(far).pipe(near)
    })
    await new Promise<void>((resolve) => server?.listen(here, resolve))
  }
  const cut = async () => {
    const closed = new Promise((resolve) => server?.close(resolve))
    for (const end of ends) end.destroy()
    await closed
    if (existsSync(here)) rmSync(here)
  }
  await mend()
  return {
    url: url.replace(/host=[^&]*/, `host=${encodeURIComponent(folder)}`),
    ...{ cut, mend },
    async close() {
      await cut()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
