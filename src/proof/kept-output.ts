import { stripVTControlCharacters } from 'node:util'

/** Keeps the head and the tail of what a program prints, however much that is. */
export interface KeptOutput {
  push: (chunk: Uint8Array) => void
  /** As text for people, with a line that says what is left out. */
  text: () => string
}

/** @param keepBytes held in memory at most (about): a quarter of it for the head, as what went wrong is at the end */
export function keepOutput(keepBytes: number): KeptOutput {
  const headBytes = Math.floor(keepBytes / 4)
  const tailBytes = keepBytes - headBytes
  let head = Buffer.alloc(0)
  let tail: Buffer[] = []
  let held = 0
  let total = 0
  return {
    push: (chunk) => {
      total += chunk.length
      const toHead = Math.min(headBytes - head.length, chunk.length)
      if (toHead > 0) head = Buffer.concat([head, chunk.subarray(0, toHead)])
      if (toHead === chunk.length) return
      tail.push(Buffer.from(chunk.subarray(toHead)))
      held += chunk.length - toHead
      // Joined now and then, not at each of a million small chunks.
      if (held < tailBytes * 2 && tail.length < 1024) return
      tail = [Buffer.concat(tail).subarray(-tailBytes)]
      held = tail[0]?.length ?? 0
    },
    text: () => {
      const last = Buffer.concat(tail).subarray(-tailBytes)
      if (head.length + last.length >= total) return tidy(decode(Buffer.concat([head, last])))
      // In whole lines: half of a secret, which a cut would leave, is not known to be one.
      const [first, rest] = [upToLineEnd(head), fromLineStart(last)]
      const leftOut = total - first.length - rest.length
      return `${tidy(decode(first))}\n… ${leftOut.toLocaleString('en')} bytes left out …\n${tidy(decode(fromWholeCharacter(rest)))}`
    },
  }
}

/** As it would look on a screen: no colours, and of a line that was overwritten only its last state. */
function tidy(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n]*\r(?=[^\n])/g, '')
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, '')
}

const LINE_END = 10

/** Without an unfinished line at the end, unless that is most of it. */
function upToLineEnd(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(LINE_END)
  return end > bytes.length / 2 ? bytes.subarray(0, end) : bytes
}

/** Without what is left of a line at the beginning, unless that is most of it. */
function fromLineStart(bytes: Buffer): Buffer {
  const end = bytes.indexOf(LINE_END)
  return end !== -1 && end < bytes.length / 2 ? bytes.subarray(end + 1) : bytes
}

/** An unfinished character at the end is left out. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true })
}

/** Without the rest of a character whose beginning was cut off. */
function fromWholeCharacter(bytes: Buffer): Buffer {
  let start = 0
  while (start < 3 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1
  return bytes.subarray(start)
}
