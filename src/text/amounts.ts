/** `999`, `12,000`. */
export function grouped(count: number): string {
  return Math.abs(count) < 1_000 ? String(count) : count.toLocaleString('en')
}

/** `3 tasks`, `1 task`, `12,000 tasks`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : nouns}`
}

/** `3 of 12,000 done`. */
export function doneOf(done: number, total: number): string {
  return `${grouped(done)} of ${grouped(total)} done`
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`
}

/** `$1.20`, `$1,234.50`; small amounts keep enough digits to be more than zero. */
export function usd(amount: number): string {
  if (amount !== 0 && Math.abs(amount) < 0.01) return `$${amount.toPrecision(1)}`
  if (Math.abs(amount) < 1_000) return `$${amount.toFixed(2)}`
  return `$${amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

/** `$0.42`, or nothing while nothing was spent. */
export function spent(amount: number): string | false {
  return amount > 0 && usd(amount)
}

/** `412 MB`, of bytes. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`
}
