// Numbers and moments as people read them.

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const CLOCK_S = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const SHORT_DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' })

/** `$0.12`; small amounts keep enough digits to be more than nothing. */
export function money(usd) {
  if (usd !== 0 && Math.abs(usd) < 0.01) return `$${usd.toPrecision(1)}`
  return `$${Math.abs(usd) < 1_000 ? usd.toFixed(2) : MONEY.format(usd)}`
}

/** `45 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 60) return `${s} s`
  if (s < 3_600) return s < 600 && s % 60 > 0 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 60)} min`
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3_600)} h`
}

/** `now`, `12 s ago`, `5 min ago`, `3 h ago`. */
export function ago(ms) {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 2) return 'now'
  if (s < 60) return `${s} s ago`
  if (s < 3_600) return `${Math.floor(s / 60)} min ago`
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ago`
  return `${Math.floor(s / 86_400)} d ago`
}

export const clock = (iso) => CLOCK.format(new Date(iso))
export const clockWithSeconds = (iso) => CLOCK_S.format(new Date(iso))

/** `14:02` for today, `21 Nov` for other days. */
export function clockOrDay(ms) {
  const date = new Date(ms)
  return date.toDateString() === new Date().toDateString() ? CLOCK.format(date) : SHORT_DAY.format(date)
}

/** `today 14:02`, `Fri, 21 Nov 14:02`. */
export function when(iso) {
  const date = new Date(iso)
  const isToday = date.toDateString() === new Date().toDateString()
  return `${isToday ? 'today' : DAY.format(date)} ${CLOCK.format(date)}`
}

/** `14:02` for today, `Fri, 21 Nov 14:02`: after “until”, where nobody says “today”. */
export const untilWhen = (iso) => when(iso).replace(/^today /, '')

export const day = (date) => DAY.format(new Date(`${date}T12:00:00`))

/** Short enough to stand below a bar. */
export const shortDay = (date) => SHORT_DAY.format(new Date(`${date}T12:00:00`))

const NUMBER = new Intl.NumberFormat(undefined)
const MONEY = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** `999`, `12,000`. */
export const number = (count) => NUMBER.format(count)

/** `1 task`, `3 tasks`, `12,000 tasks`. */
export const plural = (count, noun, nouns = `${noun}s`) => `${number(count)} ${count === 1 ? noun : nouns}`

/** `3 of 12,000 done`. */
export const doneOf = (run) => `${number(run.completed_tasks)} of ${number(run.total_tasks)} done`

/** The first line of Claude's words, as words: without the signs of a heading or of emphasis. */
export const firstLine = (text) =>
  text
    .split('\n')[0]
    .replace(/^#{1,6}\s+/, '')
    .replace(/\*\*|`/g, '')

/** The name of a run as people know it: its files. */
export const runName = (run) => (run.task_files.length > 0 ? run.task_files.join(', ') : run.session_id)
