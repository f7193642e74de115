/** Everything that moves a cursor, hides text or turns its direction, except the newline. */
const UNSEEN = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/**
 * Text of others as it may be shown on a terminal: what would steer the terminal, or make something else be seen than is
 * there, becomes visible. A person decides on this text. Tabs become spaces, CRLF a newline.
 */
export function clean(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSEEN, (character) => {
    const code = character.charCodeAt(0)
    if (code === 9) return '    '
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    if (code === 0x7f) return '\u2421'
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
  })
}

/** The same in one line. */
export function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim()
}
