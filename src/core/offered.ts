import type { Ask, Option } from './types.ts'

/**
 * What can be picked, each by its words: what Claude offers stands before "Other…". Where Claude asks several questions at
 * once, one pick answers none of them, so that only words are left.
 */
export function offered({
  options,
  questions = [],
}: Pick<Ask, 'options'> & { questions?: Ask['questions'] | undefined }): Option[] {
  const [question, ...others] = questions
  if (!question || others.length > 0) return options
  return [...question.options.map(({ label }): Option => ({ choice: 'answer', label })), ...options]
}
