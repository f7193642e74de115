/** Splits what would be acted on. It draws nothing, and neither GitHub nor a program reads over it. */
export const SPLIT = '\u200B'

/**
 * A text in which nothing is left that GitHub, or a program that reads comments, would act upon, wherever it stands: names that are
 * notified, issues that are linked or closed, commands at the start of a line, comments of HTML, among which Baton's own marks are.
 * People read the same words as before. Give it text without unseen characters (`dropUnseen`): they could hide what is looked for.
 */
export function defuse(text: string): string {
  return text
    .replaceAll('@', `@${SPLIT}`)
    .replace(/<(?=!--)/g, `<${SPLIT}`)
    .replace(/#(?=\d)/g, `#${SPLIT}`)
    .replace(/\bGH-(?=\d)/gi, (prefix) => `${prefix}${SPLIT}`)
    .replace(/:\/\/(?=[^\s/]+\/[^\s/]+\/[^\s/]+\/(?:issues|pull|pulls|discussions|commit)\b)/gi, `:${SPLIT}//`)
    .replace(COMMAND, (start) => `${start}${SPLIT}`)
}

/** `/merge` and its like, which programs look for at the start of any line, quoted and in lists too. */
const COMMAND = /^[\s>*+.)\d\\-]*\/(?=\w)/gm
