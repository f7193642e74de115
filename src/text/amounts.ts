/** `3 tasks`, `1 task`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`
}

/** `$1.20`; small amounts keep enough digits to be more than zero. */
export function usd(amount: number): string {
  return amount !== 0 && Math.abs(amount) < 0.01 ? `$${amount.toPrecision(1)}` : `$${amount.toFixed(2)}`
}

/** `$0.42`, or nothing while nothing was spent. */
export function spent(amount: number): string | false {
  return amount > 0 && usd(amount)
}

/** `412 MB`, of bytes. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`
}
