import { row, spread, timed } from './figures.ts'
import { createBenchHome, run, trivialTasks } from './runs.ts'

/** Start of `--status` against a bare `node -e 0`, in turn. */
export async function startOfStatus(rounds = 15): Promise<void> {
  const home = createBenchHome(trivialTasks(3), '')
  const status = () => run(...home.baton('tasks', '--status'), { cwd: home.dir })
  const bare = () => run(process.execPath, ['-e', '0'], { cwd: home.dir })
  try {
    await status()
    await bare()
    const ratios: number[] = []
    for (let i = 0; i < rounds; i++) ratios.push((await timed(status)) / (await timed(bare)))
    row('start of --status against a bare node -e 0', `${spread(ratios)} times`, '')
  } finally {
    home.remove()
  }
}
