import { createDecipheriv, createECDH, createHmac, createPublicKey, type ECDH, randomBytes, verify } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A browser's subscription, with the half that only the browser knows. */
export interface Subscriber {
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } }
  ecdh: ECDH
  auth: Buffer
}

/** A push service that takes nothing that a real one would refuse, and reads what browsers would read. */
export interface PushService {
  /** Addresses begin with this; `fetch` leads them here. */
  origin: string
  fetch: typeof fetch
  subscriber: (name: string) => Subscriber
  /** What arrived, read: by the name of the subscriber. */
  messages: { name: string; text: string }[]
  /** Why requests were refused. */
  refused: string[]
  /** Statuses of the next answers, instead of 201. */
  next: number[]
  close: () => Promise<void>
}

/** @param subject who the sender must say it is */
export async function openPushService(subject: string): Promise<PushService> {
  const origin = 'https://push.example'
  const subscribers = new Map<string, Subscriber>()
  const service: PushService = {
    origin,
    fetch: (address, options) => fetch(String(address).replace(origin, `http://127.0.0.1:${port()}`), options),
    subscriber(name) {
      const ecdh = createECDH('prime256v1')
      ecdh.generateKeys()
      const auth = randomBytes(16)
      const keys = { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') }
      const subscriber = { subscription: { endpoint: `${origin}/${name}`, keys }, ecdh, auth }
      subscribers.set(name, subscriber)
      return subscriber
    },
    messages: [],
    refused: [],
    next: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  const server = createServer(async (req, res) => {
    const body = await buffer(req)
    const name = (req.url ?? '').slice(1)
    const status = service.next.shift()
    const subscriber = subscribers.get(name)
    if (status !== undefined || !subscriber) return res.writeHead(status ?? 404).end()
    try {
      mustBeKnown(req, { audience: origin, subject })
      service.messages.push({ name, text: decrypted(req, body, subscriber) })
      res.writeHead(201).end()
    } catch (error) {
      service.refused.push(String(error))
      res.writeHead(403).end()
    }
  })
  const port = () => (server.address() as AddressInfo).port
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return service
}

/** RFC 8292: the sender signs for this service, for a day at most, with the key that it names. */
function mustBeKnown({ headers }: IncomingMessage, { audience, subject }: { audience: string; subject: string }): void {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(headers.authorization ?? '') ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url')
  const publicKey = createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) },
    format: 'jwk',
  })
  const signed = Buffer.from(`${head}.${claims}`)
  if (!verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    throw new Error('wrong signature')
  const { aud, sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  if (aud !== audience || sub !== subject) throw new Error(`for ${aud} by ${sub}`)
  const leftS = exp - Date.now() / 1_000
  if (!(leftS > 0 && leftS <= 24 * 3_600)) throw new Error(`ends in ${leftS} s`)
}

const hmac = (key: Buffer, ...parts: (Buffer | string)[]) =>
  parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest()

/** RFC 8291 with the coding of RFC 8188, in one record. */
function decrypted({ headers }: IncomingMessage, body: Buffer, { ecdh, auth }: Subscriber): string {
  if (headers['content-encoding'] !== 'aes128gcm') throw new Error(`coding ${headers['content-encoding']}`)
  if (!/^\d+$/.test(String(headers.ttl))) throw new Error('no TTL')
  if (body.length > 4_096) throw new Error('too large')
  const salt = body.subarray(0, 16)
  const idLength = body[20] as number
  const sender = body.subarray(21, 21 + idLength)
  const sealed = body.subarray(21 + idLength)
  const shared = hmac(auth, ecdh.computeSecret(sender))
  const secret = hmac(shared, 'WebPush: info\0', ecdh.getPublicKey(), sender, Buffer.from([1]))
  const key = hmac(salt, secret)
  const contentKey = hmac(key, 'Content-Encoding: aes128gcm\0', Buffer.from([1])).subarray(0, 16)
  const nonce = hmac(key, 'Content-Encoding: nonce\0', Buffer.from([1])).subarray(0, 12)
  const decipher = createDecipheriv('aes-128-gcm', contentKey, nonce)
  decipher.setAuthTag(sealed.subarray(-16))
  const record = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  const end = record.lastIndexOf(2)
  if (end < 0) throw new Error('no end of record')
  return record.subarray(0, end).toString('utf8')
}
