/** Minutes after midnight of a moment in a zone. */
function minuteOf(at: number, zone: string): number {
  const text = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(at)
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/** Whether messages make no sound at this moment; the hours may span midnight. */
export function isQuiet(
  hours: { fromMinute: number; toMinute: number } | undefined,
  at: number,
  zone: () => string,
): boolean {
  if (!hours) return false
  const minute = minuteOf(at, zone())
  const { fromMinute, toMinute } = hours
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute
}
