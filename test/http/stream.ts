import { TOKEN } from './serve.ts'

export interface Frame {
  id?: string
  event?: string
  data?: unknown
}

/** A follower of the event stream, reading it as a browser would. */
export interface Stream {
  status: number
  frames: Frame[]
  /** Places of the stored events that came. */
  seqs: () => number[]
  until: (isThere: () => boolean, waitMs?: number) => Promise<void>
  close: () => void
  closed: Promise<void>
}

export async function openStream(
  url: string,
  {
    path = '/api/events',
    headers = {},
    token = TOKEN,
  }: { path?: string; headers?: Record<string, string>; token?: string } = {},
): Promise<Stream> {
  const control = new AbortController()
  const response = await fetch(`${url}${path}`, {
    headers: { Authorization: `Bearer ${token}`, ...headers },
    signal: control.signal,
  })
  const frames: Frame[] = []
  let wake = () => {}
  const closed = (async () => {
    let rest = ''
    try {
      for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (rest + text).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const frame = frameOf(block)
          if (frame) frames.push(frame)
        }
        wake()
      }
    } catch {
      // Cut off, by us or by the other side.
    }
    wake()
  })()
  return {
    status: response.status,
    frames,
    seqs: () => frames.filter((frame) => frame.event === undefined).map((frame) => Number(frame.id)),
    async until(isThere, waitMs = 5_000) {
      const deadline = performance.now() + waitMs
      while (!isThere()) {
        if (performance.now() > deadline)
          throw new Error(`Not seen in ${waitMs} ms; there were ${frames.length} frames`)
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, 50)
        })
      }
    },
    close: () => control.abort(),
    closed,
  }
}

function frameOf(block: string): Frame | undefined {
  const lines = block.split('\n').filter((line) => !line.startsWith(':'))
  if (lines.length === 0) return undefined
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
  const [id, event, data] = [value('id'), value('event'), value('data')]
  return {
    ...(id !== undefined && { id }),
    ...(event !== undefined && { event }),
    ...(data !== undefined && { data: JSON.parse(data) }),
  }
}
