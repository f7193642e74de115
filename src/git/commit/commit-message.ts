import { runBranch, taskPart } from '../branch-names.ts'

/**
 * Fills `{title}`, `{number}`, `{summary}`, `{run}` and the like. Each is filled once: braces in a title are not looked
 * at again; an unknown name stays as it is. The first line is kept to one line, whatever a title holds.
 */
export function commitMessage(template: string, words: Readonly<Record<string, string | number | undefined>>): string {
  const filled = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(words, name)) return whole
    const word = String(words[name] ?? '')
    return name === 'summary' ? word.trim() : word.replace(/\s+/g, ' ').trim()
  })
  const [subject = '', ...body] = filled.replaceAll('\0', '').trim().split(/\r?\n/)
  return `${[subject.trim() || 'A task of Baton', ...body].join('\n').trimEnd()}\n`
}

/** The branch that commits of a run or of one task go to. */
export function branchName(
  kind: 'per-run' | 'per-task',
  { run, number, title }: { run: string; number: number; title: string },
): string {
  const base = runBranch(run)
  // No folder per run: git cannot have both a branch `baton/x` and one below it.
  return kind === 'per-run' ? base : `${base}-${taskPart({ number, title })}`
}
