/** A block of code that nothing inside can end. */
export function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${text}\n${fence}`
}

/** Code within a line, to the letter: Markdown takes a blank at each end off where both have one. */
export function codeSpan(code: string): string {
  const ticks = '`'.repeat(longestRun(code) + 1)
  const padding = code === '' || /^[ `]|[ `]$/.test(code) ? ' ' : ''
  return `${ticks}${padding}${code}${padding}${ticks}`
}

const longestRun = (text: string): number => {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}
