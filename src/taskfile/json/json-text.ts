/** A value of a JSON text, with the offset of its first character. */
export type JsonNode =
  | { kind: 'object'; at: number; members: JsonMember[] }
  | { kind: 'list'; at: number; items: JsonNode[] }
  | { kind: 'text'; at: number; value: string }
  | { kind: 'number'; at: number; value: number }
  | { kind: 'word'; at: number; value: boolean | null }

export interface JsonMember {
  name: string
  /** Offset of the name. */
  at: number
  value: JsonNode
}

/** Where a text stops being JSON, and what to do about it. */
export interface NoJson {
  at: number
  message: string
  hint: string
}

/** Nobody nests tasks deeper, and each level is one of the call stack. */
const deepest = 100

/**
 * Reads a JSON text with the places of its values, which JSON.parse does not give. Takes exactly what JSON.parse takes, up
 * to a depth of 100; a byte order mark is skipped. Linear time.
 */
export function readJson(text: string): JsonNode | { problem: NoJson } {
  try {
    return new JsonReader(text).read()
  } catch (error) {
    if (error instanceof Stop) return { problem: error.problem }
    throw error
  }
}

class Stop extends Error {
  readonly problem: NoJson

  constructor(problem: NoJson) {
    super(problem.message)
    this.problem = problem
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy
const words = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

class JsonReader {
  readonly #text: string
  #at: number

  constructor(text: string) {
    this.#text = text
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  }

  read(): JsonNode {
    this.#skipBlanks()
    const root = this.#value(0)
    this.#skipBlanks()
    if (this.#at < this.#text.length) this.#stop('there is something after the end of the JSON', 'Remove it.')
    return root
  }

  #value(depth: number): JsonNode {
    const at = this.#at
    if (depth > deepest) this.#stop(`this is nested more than ${deepest} deep`, 'Put the tasks into one list.')
    const char = this.#text[at]
    if (char === '{') return { kind: 'object', at, members: this.#members(depth) }
    if (char === '[') return { kind: 'list', at, items: this.#items(depth) }
    if (char === '"') return { kind: 'text', at, value: this.#string() }
    const number = this.#match(NUMBER)
    if (number !== undefined) return { kind: 'number', at, value: Number(number) }
    const word = this.#match(WORD)
    if (word !== undefined && words.has(word)) return { kind: 'word', at, value: words.get(word) as boolean | null }
    this.#at = at
    return this.#unexpected('a value is missing here')
  }

  #members(depth: number): JsonMember[] {
    const opened = this.#at
    const members: JsonMember[] = []
    this.#at++
    for (let first = true; ; first = false) {
      this.#skipBlanks()
      if (this.#isAt('}', opened)) return members
      if (!first) this.#comma('}', opened)
      const at = this.#at
      if (this.#text[at] !== '"') this.#unexpected('a name in double quotes is missing here')
      const name = this.#string()
      this.#skipBlanks()
      if (this.#text[this.#at] !== ':') this.#unexpected('a colon is missing after this name')
      this.#at++
      this.#skipBlanks()
      members.push({ name, at, value: this.#value(depth + 1) })
    }
  }

  #items(depth: number): JsonNode[] {
    const opened = this.#at
    const items: JsonNode[] = []
    this.#at++
    for (let first = true; ; first = false) {
      this.#skipBlanks()
      if (this.#isAt(']', opened)) return items
      if (!first) this.#comma(']', opened)
      items.push(this.#value(depth + 1))
    }
  }

  /** Whether the closing bracket of what was opened stands here, which is passed then. */
  #isAt(closing: string, opened: number): boolean {
    if (this.#at >= this.#text.length) {
      this.#at = opened
      this.#stop(`this ${closing === '}' ? '{' : '['} is never closed`, `The file ends before its ${closing}.`)
    }
    if (this.#text[this.#at] !== closing) return false
    this.#at++
    return true
  }

  #comma(closing: string, opened: number): void {
    const comma = this.#at
    if (this.#text[comma] !== ',') this.#unexpected('a comma is missing before this')
    this.#at++
    this.#skipBlanks()
    if (this.#at < this.#text.length && this.#text[this.#at] !== closing) return
    if (this.#at >= this.#text.length) this.#isAt(closing, opened)
    this.#at = comma
    this.#stop('there is nothing after this comma', 'Remove it.')
  }

  #string(): string {
    const { length } = this.#text
    const start = this.#at
    for (let at = start + 1; at < length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === QUOTE) {
        this.#at = at + 1
        return JSON.parse(this.#text.slice(start, at + 1)) as string
      }
      if (code < 0x20) {
        this.#at = at
        const what = code === 10 || code === 13 ? 'a line break' : code === 9 ? 'a tab' : 'a control character'
        this.#stop(`${what} inside a string`, 'Write \\n for a line break, \\t for a tab.')
      }
      if (code === BACKSLASH) {
        if (!/^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(this.#text.slice(at + 1, at + 6))) {
          this.#at = at
          this.#stop('this is not an escape that JSON knows', 'Write \\\\ for a backslash.')
        }
        at++
      }
    }
    return this.#stop('this string is never closed', 'Close it with a double quote.')
  }

  #unexpected(message: string): never {
    const { length } = this.#text
    const char = this.#text[this.#at] ?? ''
    if (this.#at >= length) this.#stop('the file ends too early', 'The rest is missing.')
    if (char === '/' || char === '#') this.#stop('it has no comments', 'Remove it.')
    if (char === "'" || char === '“' || char === '”' || char === '`')
      this.#stop('strings in JSON need double quotes', 'Write ".')
    const word = this.#match(WORD)
    if (word !== undefined) {
      this.#at -= word.length
      this.#stop(
        message,
        `"${word.slice(0, 40)}" is not JSON: strings need double quotes, and true, false, null small letters.`,
      )
    }
    return this.#stop(message, `Found ${JSON.stringify(char)}.`)
  }

  #stop(message: string, hint: string): never {
    throw new Stop({ at: this.#at, message: `This is not JSON: ${message}`, hint })
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
