import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  /** As it came. */
  text: string
  body: never
  /** Monotonic milliseconds. */
  at: number
  /** What it was answered; undefined: nothing. */
  status: number | undefined
}

/** What the receiver does with a request; undefined: takes it. */
export type Behaviour = (
  received: Omit<Received, 'status'>,
  response: ServerResponse,
) => number | undefined | 'hang' | 'reset'

/** A system that is told things, on this machine; real HTTP. */
export async function startReceiver(port = 0) {
  const requests: Received[] = []
  let behave: Behaviour = () => 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const received = {
        path: request.url ?? '',
        headers: request.headers,
        text,
        body: JSON.parse(text) as never,
        at: performance.now(),
      }
      const answer = behave(received, response) ?? 200
      requests.push({ ...received, status: typeof answer === 'number' ? answer : undefined })
      if (answer === 'reset') request.socket.destroy()
      else if (answer !== 'hang') response.writeHead(answer).end('{"ignored": true}')
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    /** Bodies of the requests that were taken. */
    taken: () => requests.filter(({ status }) => status === 200).map(({ body }) => body),
    behave: (next: Behaviour) => {
      behave = next
    },
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export type TestReceiver = Awaited<ReturnType<typeof startReceiver>>
