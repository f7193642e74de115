/**
 * What reading a task file costs beside remark alone with the same plugins, for the same text, in turn in one process.
 * By itself: `node bench/parse.ts [tasks] [rounds]`
 */
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { parseTaskFile } from '../src/taskfile/parse.ts'
import { markDone } from '../src/taskfile/write/mark.ts'
import { row, spread } from './figures.ts'

const remark = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter).freeze()

function taskFile(tasks: number): string {
  const text = Array.from({ length: tasks }, (_, index) => taskOf(index + 1)).join('')
  // One flat string, as a file read from disk is.
  return Buffer.from(`# Tasks\n\nContext for all of them.\n\n${text}`).toString()
}

function taskOf(number: number): string {
  return `## Task ${number}: Add endpoint \`/v1/things/${number}\`
**Type:** backend
**Priority:** ${['high', 'medium', 'low'][number % 3]}
**Acceptance Criteria:**
- It answers
- It is tested

**Verify:**
- npm test

**Claude Instruction:**
Add the endpoint ${number}.

\`\`\`ts
## no heading
\`\`\`

---

`
}

/** Parse of so many tasks against remark alone, alternating. */
export function parseAgainstRemark(tasks = 10_000, rounds = 3): void {
  const text = taskFile(tasks)
  const ours = () => parseTaskFile(text, 'tasks.md').specs.length
  const alone = () => remark.parse(text).children.length
  if (parseTaskFile(text, 'tasks.md').specs.length !== tasks) throw new Error('not every task was read')
  remark.parse(taskFile(20))
  const ratios: number[] = []
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, so that neither always meets the other's garbage.
    const both = round % 2 === 0 ? [ours, alone] : [alone, ours]
    const took = new Map(both.map((work) => [work, elapsedMs(work)]))
    ratios.push(took.get(ours)! / took.get(alone)!)
    times.push(took.get(ours)!)
  }
  const count = tasks.toLocaleString('en')
  row(`reading ${count} tasks, against remark alone`, `${spread(ratios, 3)} times`, 'goal ≤ 1.3')
  row(`reading ${count} tasks (${(text.length / 1e6).toFixed(1)} MB)`, `${spread(times, 0)} ms`, '')
  const { specs } = parseTaskFile(text, 'tasks.md')
  const marks = Array.from({ length: 9 }, (_, index) =>
    elapsedMs(() => markDone(text, specs[Math.floor((tasks * index) / 9)]!, new Date(0))),
  )
  row(`the text of a mark among ${count} tasks`, `${spread(marks, 0)} ms`, '')
}

function elapsedMs(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

if (import.meta.main) {
  const [tasks, rounds] = process.argv.slice(2).map(Number)
  parseAgainstRemark(tasks, rounds)
}
