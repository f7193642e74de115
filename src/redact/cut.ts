/** Of so much of its beginning a secret is known. */
const SHORTEST_BEGINNING = 8

/** Beginnings of the shapes in `redact.ts`, cut short. */
const CUT_SHAPE =
  /(?:\d{6,16}:|sk-(?:ant|proj|svcacct|admin)-|[rs]k_(?:live|test)_|gh[opsur]_|github_pat_|glpat-|npm_|xox[abeprs]-|AIza|AKIA|ASIA|[Bb]earer[ \t]{1,4})[A-Za-z0-9._~+/=-]{8,2048}…/g

/**
 * Hides what is left of secrets where a text was cut before it came here, as titles and names in messages are: a beginning
 * that ends in an ellipsis.
 */
export function cutHider(forms: readonly string[], hidden: string): (text: string) => string {
  const longest = forms.reduce((length, form) => Math.max(length, form.length), 0)
  const beginnings = forms.map((form) => ({ form, first: form.slice(0, SHORTEST_BEGINNING) }))
  /** How many characters at the end of `before` are the beginning of a secret. */
  const leftIn = (before: string): number => {
    for (const { form, first } of beginnings) {
      const at = before.lastIndexOf(first)
      if (at !== -1 && form.startsWith(before.slice(at))) return before.length - at
    }
    return 0
  }
  return (text) => {
    if (!text.includes('…')) return text
    let safe = ''
    let from = 0
    for (let at = text.indexOf('…'); at !== -1; at = text.indexOf('…', at + 1)) {
      const left = leftIn(text.slice(Math.max(from, at - longest), at))
      if (left > 0) safe += text.slice(from, at - left) + hidden
      else safe += text.slice(from, at)
      from = at
    }
    return (safe + text.slice(from)).replace(CUT_SHAPE, `${hidden}…`)
  }
}
