/** What GitHub, or a program that reads comments, would act upon in a text: found in another way than it is taken out. */
export function liveIn(posted: string): string[] {
  const found: string[] = []
  for (const [what, sign] of Object.entries(LIVE)) if (sign.test(posted)) found.push(what)
  return found
}

const LIVE: Record<string, RegExp> = {
  name: /@[\w-]/,
  issue: /#\d/,
  'issue by number': /\bGH-\d/i,
  'issue by address': /:\/\/[^\s/]+\/[^\s/]+\/[^\s/]+\/(?:issues|pull)\/\d/,
  'closing word': /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b[\s:]*(?:[\w.-]+\/[\w.-]+)?#\d/i,
  command: /^[\s>*-]*\/\w/m,
  comment: /<!--/,
  mark: /<!-- ?baton:/,
  direction: /[\u202a-\u202e\u2066-\u2069]/,
  unseen: /[\u00ad\u200c-\u200f\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/u,
}
