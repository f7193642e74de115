export interface Part {
  name: string
  filename?: string
  contentType?: string
  bytes: Buffer
}

/** Takes a multipart/form-data body apart; takes unquoted file names too, which some clients send. */
export function parseMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (!boundary) throw new Error('multipart/form-data without a boundary')
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: Part[] = []
  let from = body.indexOf(delimiter)
  while (from !== -1) {
    const begin = from + delimiter.length
    if (body.subarray(begin, begin + 2).toString() === '--') return parts
    const next = body.indexOf(delimiter, begin)
    if (next === -1) break
    // Between the delimiter's line end and the line end before the next one.
    const part = readPart(body.subarray(begin + 2, next - 2))
    if (part) parts.push(part)
    from = next
  }
  throw new Error('multipart/form-data that ends in the middle')
}

function readPart(raw: Buffer): Part | undefined {
  const headEnd = raw.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = raw.subarray(0, headEnd).toString('utf8')
  const name = /name="([^"]*)"/i.exec(head)?.[1]
  if (name === undefined) return undefined
  const filename = /filename="([^"]*)"/i.exec(head)?.[1] ?? /filename=([^;\r\n"]+)/i.exec(head)?.[1]
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(head)?.[1]
  return {
    name,
    ...(filename !== undefined && { filename }),
    ...(contentType !== undefined && { contentType }),
    bytes: Buffer.from(raw.subarray(headEnd + 4)),
  }
}
