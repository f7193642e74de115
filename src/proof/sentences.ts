/**
 * The sentences in which a text speaks for itself: code blocks and quotations are left out, list items and lines of a table
 * are sentences of their own.
 */
export function sentences(markdown: string): string[] {
  const prose = markdown
    .replace(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(^ {0,3}\1[`~]*[ \t]*$|(?![\s\S]))/gm, '\n')
    .replace(/^ {0,3}>.*$/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
  return prose
    .split(/\n|(?<=[.!?])(?=\s)|;\s/)
    .map((sentence) => sentence.replace(/\*\*|__/g, '').trim())
    .filter(Boolean)
}
