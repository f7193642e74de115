/**
 * The sentences in which a text speaks for itself: code blocks, quotations and comments are left out, list items and lines
 * of a table are sentences of their own.
 */
export function sentences(markdown: string): string[] {
  const prose: string[] = []
  let fence = ''
  for (const line of withoutComments(markdown).split('\n')) {
    const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1]
    if (fence) fence = mark === fence ? '' : fence
    else if (mark) fence = mark
    else if (!/^ {0,3}>/.test(line)) prose.push(line)
  }
  return prose
    .flatMap((line) => line.split(/(?<=[.!?])(?=\s)|;\s/))
    .map((sentence) => sentence.replace(/\*\*|__/g, '').trim())
    .filter(Boolean)
}

function withoutComments(text: string): string {
  const [before = '', ...parts] = text.split('<!--')
  return before + parts.map((part) => (part.includes('-->') ? part.slice(part.indexOf('-->') + 3) : '')).join('')
}
