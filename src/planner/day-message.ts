/** A message of the day as plain data; a surface gives it its looks. */
export interface DayMessage {
  kind: 'morning' | 'evening'
  /** `YYYY-MM-DD`. */
  day: string
  title: string
  sections: DaySection[]
  buttons: DayButton[]
}

export interface DaySection {
  /** Absent: lines without a heading. */
  heading?: string
  lines: string[]
}

export interface DayButton {
  label: string
  does:
    | { type: 'start'; project: string; files: string[] }
    /** Have a plan written from the note of the day. */
    | { type: 'plan'; project: string; note: string }
    | { type: 'asks' }
    | { type: 'retry'; project: string; task: number; runId: string }
}

/** `Sunday 22 November`. */
export function dayName(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })
    .format(Date.parse(`${day}T00:00:00Z`))
    .replace(',', '')
}
