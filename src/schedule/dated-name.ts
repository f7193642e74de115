type Part = { year: string; month: string; day: string; weekday: string; hour: string; minute: string }

const WORDS = /yyyy|yy|MM|M|dd|d|EEEE|EEE|HH|mm|ww|[-_. /:]/y

/**
 * Fills the dates into the name of a file: `tasks/{yyyy-MM-dd}.md`. Known inside braces: yyyy yy MM M dd d, EEEE EEE
 * (the weekday, Monday or Mon), ww (the week of the ISO calendar), HH mm, joined by - _ . : / or spaces. Other braces stay:
 * they belong to a pattern of files.
 */
export function datedName(pattern: string, at: number, timezone?: string): string {
  return pattern.replace(/\{([^{}]*)\}/g, (whole, inside: string) => {
    const words = wordsOf(inside)
    if (!words?.some((word) => /[A-Za-z]/.test(word))) return whole
    const parts = partsOf(at, timezone)
    return words.map((word) => filled(word, parts)).join('')
  })
}

function wordsOf(inside: string): string[] | undefined {
  const words: string[] = []
  WORDS.lastIndex = 0
  while (WORDS.lastIndex < inside.length) {
    const match = WORDS.exec(inside)
    if (!match) return undefined
    words.push(match[0])
  }
  return words
}

function filled(word: string, { year, month, day, weekday, hour, minute }: Part): string {
  switch (word) {
    case 'yyyy':
      return year
    case 'yy':
      return year.slice(-2)
    case 'MM':
      return month
    case 'M':
      return String(Number(month))
    case 'dd':
      return day
    case 'd':
      return String(Number(day))
    case 'EEEE':
      return weekday
    case 'EEE':
      return weekday.slice(0, 3)
    case 'ww':
      return String(isoWeek(Number(year), Number(month), Number(day))).padStart(2, '0')
    case 'HH':
      return hour
    case 'mm':
      return minute
    default:
      return word
  }
}

function partsOf(at: number, timezone: string | undefined): Part {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value])) as Part
}

/** Weeks begin on Monday; the first of a year is the one with its first Thursday. */
function isoWeek(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(year, month - 1, day))
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7))
  return Math.ceil(((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7)
}

/** The calendar day in a time zone, `YYYY-MM-DD`. */
export function dayIn(at: number, timezone?: string): string {
  return datedName('{yyyy-MM-dd}', at, timezone)
}
