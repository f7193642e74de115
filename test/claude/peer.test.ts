import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { branded, ownCeiling } from '../../src/claude/process/brand.ts'
import type { KnownAttempts } from '../../src/claude/process/inside.ts'
import { callerOf } from '../../src/claude/process/peer.ts'

const ID = 'an-attempt'
const WORKING: KnownAttempts = { working: [{ id: ID }], isKnown: (id) => id === ID }

/** Listens, and gives the next connection as the server sees it. */
async function listen(host: string): Promise<{ port: number; next: () => Promise<Socket> }> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return {
    port: (server.address() as AddressInfo).port,
    next: async () => {
      const [socket] = (await once(server, 'connection')) as [Socket]
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => undefined)
      return socket
    },
  }
}

/** A process that connects to a place and then does what `after` says. */
function caller(host: string, port: number, after: string, { inside }: { inside: boolean }): void {
  const script = `require('net').connect(${port}, '${host}', function () { ${after} })`
  const command = [process.execPath, '-e', script]
  const [file = '', ...args] = inside ? branded(command, ID, {}) : command
  const child = spawn(file, args, { env: {}, stdio: 'ignore', detached: true })
  onTestFinished(() => void child.kill('SIGKILL'))
}

describe.runIf(process.platform === 'linux')('who called', () => {
  const ways = [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
    ['::', '::ffff:127.0.0.1'],
  ]
  it.runIf(ownCeiling() !== undefined).each(ways)('is told apart, at %s by way of %s', async (host, target) => {
    const { port, next } = await listen(host ?? '')
    caller(target ?? '', port, '', { inside: true })
    const theirs = await next()
    caller(target ?? '', port, '', { inside: false })
    const others = await next()
    const mine = next()
    const own = connect(port, target ?? '')
    onTestFinished(() => void own.destroy())
    expect(await callerOf(theirs, WORKING)).toBe('inside')
    expect(await callerOf(others, WORKING)).toBeUndefined()
    expect(await callerOf(await mine, WORKING)).toBeUndefined()
    // What is left of an attempt that is over is no less inside.
    expect(await callerOf(theirs, { ...WORKING, working: [] })).toBe('inside')
  })

  it('cannot be told when it did not wait', async () => {
    const { port, next } = await listen('127.0.0.1')
    caller('127.0.0.1', port, 'this.end("POST /", () => process.exit())', { inside: true })
    const socket = await next()
    socket.resume()
    await once(socket, 'end')
    while ((await callerOf(socket, WORKING)) === 'inside') await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await callerOf(socket, WORKING)).toBe('gone')
  })

  it('does not matter for who comes from another machine', async () => {
    const ends = { localAddress: '192.0.2.1', localPort: 7077, remoteAddress: '192.0.2.2', remotePort: 40_000 }
    expect(await callerOf(ends, WORKING)).toBeUndefined()
  })
})
