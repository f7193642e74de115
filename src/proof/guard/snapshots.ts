import type { Finding } from '../../core/types.ts'
import { isTestFile, subjectOf } from './language.ts'
import { changeText, lineDiff } from './lines.ts'
import type { ChangedFile } from './types.ts'

const SNAPSHOT =
  /(^|\/)__snapshots__\/|\.snap(shot)?(\.\w+)?$|\.(ambr|golden|approved)(\.\w+)?$|(^|\/)(golden|goldens|snapshots|__image_snapshots__)\//i

const isSnapshot = (path: string) => SNAPSHOT.test(path)

/** Recorded results that were there before and are others now; new ones beside them are honest work. */
export function rewrittenSnapshots(files: readonly ChangedFile[]): Finding[] {
  const isTestGone = (path: string) => {
    const test = path.replace(/(^|\/)__snapshots__\//, '$1').replace(/\.(snap|ambr)$/, '')
    return files.some(
      (file) => (file.from ?? file.path) === test && (file.after === undefined || file.from !== undefined),
    )
  }
  return files.flatMap(({ path, from, before, after }): Finding[] => {
    if (!isSnapshot(from ?? path) || before === undefined) return []
    const found = { kind: 'snapshot', weight: 'ask' as const, path }
    if (after === undefined) return isTestGone(path) ? [] : [{ ...found, text: 'A recorded snapshot was deleted.' }]
    if (lineDiff(before, after).removed.length === 0) return []
    const along = sourceOf(path, files)
    const text = `Recorded snapshots were rewritten${along ? `, along with ${along}` : ''}.`
    return [{ ...found, text, detail: changeText(before, after) }]
  })
}

/** The changed file of the program that a snapshot shows, where its name says so. */
function sourceOf(path: string, files: readonly ChangedFile[]): string | undefined {
  const subject = subjectOf(path.replace(/\.(snap|ambr|golden|approved)$/, ''))
  return files.find((file) => !isSnapshot(file.path) && !isTestFile(file.path) && subjectOf(file.path) === subject)
    ?.path
}

/** Snapshots inside tests. */
export function rewrittenInline(files: readonly ChangedFile[]): Finding[] {
  return files.flatMap(({ path, before, after }): Finding[] => {
    if (before === undefined || after === undefined) return []
    const [had, has] = [inlineOf(before), inlineOf(after)]
    const lost = had.filter((one) => !has.includes(one))
    if (lost.length === 0 || has.length < had.length) return []
    return [
      {
        kind: 'snapshot',
        weight: 'ask',
        path,
        text: 'An inline snapshot was rewritten.',
        detail: changeText(before, after),
      },
    ]
  })
}

const inlineOf = (text: string) =>
  [
    ...text.matchAll(
      /(?:toMatchInlineSnapshot|toThrowErrorMatchingInlineSnapshot)\(\s*(["'`])((?:\\.|(?!\1)[\s\S])*)\1/g,
    ),
  ].map(([, , body]) => (body ?? '').trim())
