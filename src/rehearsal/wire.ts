export type WireLine = Record<string, unknown>

/** The agent's end of the pipes. */
export interface Wire {
  /** Prints one message. */
  print: (message: object) => void
  /** Prints bytes as they are; settles when the reader has taken them. */
  printRaw: (bytes: Buffer | string) => Promise<void>
  onLine: (listener: (line: WireLine) => void) => void
  /** Nobody will say anything any more. */
  onEnd: (listener: () => void) => void
}

export function openWire(): Wire {
  const listeners: ((line: WireLine) => void)[] = []
  const endListeners: (() => void)[] = []
  let pending = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines.filter((one) => one.trim() !== '')) {
      for (const listener of listeners) listener(JSON.parse(line) as WireLine)
    }
  })
  process.stdin.on('end', () => {
    for (const listener of endListeners) listener()
  })
  // The reader may be gone at any moment.
  process.stdout.on('error', () => process.exit(1))
  process.stdin.on('error', () => {})
  return {
    print: (message) => {
      process.stdout.write(`${JSON.stringify(message)}\n`)
    },
    printRaw: (bytes) =>
      new Promise((resolve) => {
        process.stdout.write(bytes, () => resolve())
      }),
    onLine: (listener) => listeners.push(listener),
    onEnd: (listener) => endListeners.push(listener),
  }
}
