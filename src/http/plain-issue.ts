import type { z } from 'zod'

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** What is wrong with a value of a request, in a person's words; undefined: as the checker says it. */
export const plainIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return Array.isArray(issue.options) ? oneOf(issue.options) : undefined
    case 'too_small':
      return issue.origin === 'number' ? `must be ${issue.minimum} or more` : 'must not be empty'
    case 'too_big':
      if (issue.origin === 'number') return `must be ${issue.maximum} or less`
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must have at most ${issue.maximum} elements`
    default:
      return undefined
  }
}

const oneOf = (words: readonly unknown[]): string =>
  words.length === 1 ? `must be ${words[0]}` : `must be one of ${words.join(', ')}`
