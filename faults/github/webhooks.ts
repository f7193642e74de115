import { createHmac, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { EXAMPLES } from '../../test/support/github/shapes.ts'
import type { Random } from '../random.ts'

/** A delivery as it is sent, and what must come of it. */
export interface Delivery {
  kind: string
  body: string
  headers: Record<string, string>
  /** `heard`: for the first time; `known`: it was here before; else the status that refuses it. */
  wanted: 'heard' | 'known' | 401 | 413 | 415 | 400
}

/** Real payloads of every event, each made unlike all others. */
export function createPayloads(random: Random): () => string {
  const all = EXAMPLES.flatMap(({ name, examples }) => examples.map((one) => ({ name, one })))
  let count = 0
  return () => {
    const { name, one } = random.pick(all)
    return JSON.stringify({ ...one, unique: `${name} ${++count}` })
  }
}

/** Above what is taken, and below what GitHub sends at most. */
const TOO_LARGE = 12 * 1_024 * 1_024

/** The deliveries that one event becomes: the real one, and what others make of it. */
export function deliveriesOf(random: Random, body: string, secret: string): Delivery[] {
  const id = randomUUID()
  const right = signed(body, secret)
  const made = (kind: string, wanted: Delivery['wanted'], headers: Record<string, string>, text = body): Delivery => ({
    ...{ kind, wanted, body: text },
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': randomUUID(),
      ...headers,
    },
  })
  const sign = (signature: string) => ({ 'x-hub-signature-256': signature })
  const forged: Delivery[] = [
    made('signed with another secret', 401, sign(signed(body, `${secret}x`))),
    made('signed with no secret', 401, sign(signed(body, ''))),
    made('signed, and changed after that', 401, sign(right), body.replace(/}$/, ',"x":1}')),
    made('a blank more than was signed', 401, sign(right), `${body} `),
    made('without a signature', 401, {}),
    made('with an empty signature', 401, sign('')),
    made('signed the old way', 401, {
      'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`,
    }),
    made('with half a signature', 401, sign(right.slice(0, 40))),
    made('with a signature and more', 401, sign(`${right}00`)),
    made('with a signature in capitals', 401, sign(right.toUpperCase())),
    made('with two signatures', 401, sign(`${signed(body, 'x')}, ${right}`)),
    made('with a signature of zeros', 401, sign(`sha256=${'0'.repeat(64)}`)),
    made('with a signature that is no hex', 401, sign(`sha256=${'é'.repeat(32).replaceAll('é', 'zz')}`)),
    made('with the secret for a signature', 401, sign(secret.replace(/[^ -~]/g, ''))),
  ]
  const odd: Delivery[] = [
    made('as a form without its payload', 400, { ...sign(right), 'content-type': 'application/x-www-form-urlencoded' }),
    made('as text', 415, { ...sign(right), 'content-type': 'text/plain' }),
    made('that is no JSON', 400, sign(signed('{"a":', secret)), '{"a":'),
  ]
  const large = JSON.stringify({ unique: id, filler: 'x'.repeat(TOO_LARGE) })
  const replays: Delivery[] = [
    made('again', 'known', { ...sign(right), 'x-github-delivery': id }),
    made('again under another id', 'known', sign(right)),
    made(
      'another one under its id',
      'known',
      { ...sign(signed(`${body} `, secret)), 'x-github-delivery': id },
      `${body} `,
    ),
  ]
  return [
    ...forged.filter(() => random.chance(0.25)),
    made('the real one', 'heard', { ...sign(right), 'x-github-delivery': id }),
    ...replays.filter(() => random.chance(0.6)),
    ...forged.filter(() => random.chance(0.15)),
    ...odd.filter(() => random.chance(0.3)),
    ...(random.chance(0.05) ? [made('too large', 413, sign(signed(large, secret)), large)] : []),
  ]
}

const signed = (body: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

/** Opens a connection that sends a part of a delivery, and then nothing; gives how to end it. */
export function sendSlowly(url: string, { body, headers }: Delivery, random: Random): () => void {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  const lines = Object.entries({ ...headers, host: `${hostname}:${port}`, 'content-length': String(body.length) })
  const text = `POST /webhooks/github HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
  socket.write(text.slice(0, random.int(1, text.length - 1)))
  return () => socket.destroy()
}
