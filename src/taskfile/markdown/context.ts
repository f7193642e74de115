import { frontMatterEnd } from '../text/frontmatter-range.ts'
import type { Outline } from './outline.ts'
import { isTask } from './sections.ts'
import { proseFrom } from './values.ts'

/** The text that every task of a file gets: what is before the first section, and the sections that are no tasks. */
export function contextOf({ lines, kinds, sections, tasks }: Outline): string {
  const parts: string[] = []
  let from = frontMatterEnd(lines)
  const upTo = (line: number) => {
    parts.push(proseFrom(lines, kinds, from, line))
  }
  if (tasks[0]?.form === 'checkbox') {
    for (const task of tasks) {
      if (task.form !== 'checkbox') continue
      upTo(task.box.line)
      from = task.box.end
    }
    upTo(lines.count)
  } else {
    upTo(sections[0]?.heading ?? lines.count)
    for (const section of sections)
      if (!isTask(section)) parts.push(proseFrom(lines, kinds, section.heading, section.end))
  }
  return parts.filter((part) => part !== '').join('\n\n')
}
