import { connect } from 'node:net'

/** Sends bytes as they are and gives back everything that comes until the connection ends, or `waitMs` have passed. */
export function raw(port: number, bytes: string | (string | Buffer)[], waitMs = 3_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    const finish = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(finish, waitMs)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('close', finish)
    socket.on('error', (error: NodeJS.ErrnoException) =>
      // What was answered before the other side hung up still counts.
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? finish() : reject(error),
    )
    for (const part of [bytes].flat()) socket.write(part)
  })
}

/** The status of the first answer in what came; 0 when there is none. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0)
