import { getPriority, setPriority } from 'node:os'

/**
 * Lowers the priority of a process just started, and so of everything that it starts. Where every processor is taken, a tap
 * on the phone must not wait for a build: with one of two taken by something else, and a loud agent on the other, the middle
 * answer took 9 ms, and 3 to 5 with this. Where one is free it makes little difference.
 *
 * @param nice 0 to 19; nobody may raise a priority again
 */
export function lowerPriority(pid: number, nice = 0): void {
  if (nice === 0) return
  try {
    // Who was started with a lower priority still, by `nice` or a service, keeps it.
    setPriority(pid, Math.max(nice, getPriority()))
  } catch {
    // Gone already, or not allowed: it works as before.
  }
}
