import { row, timed } from './figures.ts'
import { createBenchHome, run } from './runs.ts'

const MB = 100

/** What a command prints that is nothing but ESC: each is made visible in the log, in time that grows with its length. */
export async function timeOfEscapes(): Promise<void> {
  const home = createBenchHome(`## Task 1: Print\n**Run:** head -c ${MB}M /dev/zero | tr '\\0' '\\033'\n`, '')
  try {
    const ms = await timed(() => run(...home.baton('tasks', '--auto-approve'), { cwd: home.dir }))
    row(`a command prints ${MB} MB of nothing but ESC`, `${((MB * 1_000) / ms).toFixed(0)} MB/s`, 'goal ≥ 20 MB/s')
  } finally {
    home.remove()
  }
}
