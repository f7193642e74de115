import { slug } from '../text/slug.ts'

/** Of a part of a branch's name. */
const LONGEST_PART = 40

/** What the branches of a run begin with: `baton/2026-11-21-night`; never nothing. */
export const runBranch = (run: string): string => `baton/${slug(run, LONGEST_PART) || 'run'}`

/** What tells the branch of a task from those of the same run: `3-add-a-login`. */
export function taskPart({ number, title }: { number: number; title: string }): string {
  return [number, slug(title, LONGEST_PART)].filter(Boolean).join('-')
}
