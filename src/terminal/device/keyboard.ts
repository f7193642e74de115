import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'

/** What is typed, and who hears of it. */
export interface KeyListener {
  onLine: (line: string) => void
  /** The line so far, with the cursor's place in it. */
  onEdit: (line: string, cursor: number) => void
  /** Ctrl-C. */
  onInterrupt: () => void
}

/**
 * Reads keys while the screen is drawn by somebody else: readline edits the line (history, paste, all its keys) into
 * nowhere, and the line is reported as it changes. Returns what ends it and gives the terminal back.
 */
export function listenToKeys(input: NodeJS.ReadStream, listener: KeyListener): () => void {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  let ended = false
  let lines: Interface
  const tell = () => listener.onEdit(lines.line, lines.cursor)
  const open = () => {
    lines = createInterface({ input, output: nowhere, terminal: true, historySize: 50, escapeCodeTimeout: 50 })
    lines.on('line', (line) => {
      listener.onLine(line)
      tell()
    })
    lines.on('SIGINT', () => {
      // A shell would drop the line, too.
      lines.write(null, { ctrl: true, name: 'u' })
      listener.onInterrupt()
    })
    // Back from Ctrl-Z.
    lines.on('SIGCONT', tell)
    // Ctrl-D on an empty line ends readline, but not the work.
    lines.on('close', () => {
      if (!ended && !input.destroyed && !input.readableEnded) open()
    })
  }
  open()
  input.on('keypress', tell)
  return () => {
    ended = true
    input.off('keypress', tell)
    lines.close()
    input.pause()
  }
}

/** The same for a terminal that shows its own line: whole lines only. */
export function listenToLines(input: NodeJS.ReadStream, listener: Pick<KeyListener, 'onLine'>): () => void {
  const lines = createInterface({ input, terminal: false })
  lines.on('line', listener.onLine)
  return () => {
    lines.close()
    input.pause()
  }
}
