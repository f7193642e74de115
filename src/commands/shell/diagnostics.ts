import { diagnose, type Shell } from './shell.ts'

/** Where remarks for people go while the program runs: to stderr, or through what draws on the terminal. */
export interface Diagnostics {
  say: (text: string) => void
  /** From now on remarks go through `speak`, until the returned function is called. */
  speakThrough: (speak: (text: string) => void) => () => void
}

/** Begins with stderr. */
export function openDiagnostics(shell: Pick<Shell, 'stderr'>, redact: (text: string) => string): Diagnostics {
  const toStderr = (text: string) => diagnose(shell, redact(text))
  let speak = toStderr
  return {
    say: (text) => speak(text),
    speakThrough(other) {
      speak = other
      return () => {
        speak = toStderr
      }
    },
  }
}
