import { commandNamed } from '../core/commands/catalogue.ts'

/** Where words were written, as far as it decides whether they are a command. */
export interface TypedWhere {
  /** Baton was called by its name. */
  isCalled: boolean
  /** In somebody's own chat with Baton, where nobody else can be meant. */
  isPrivate: boolean
}

/**
 * A command that was typed, as chats read it: `/skip 3` for `!skip 3`, for `@baton skip 3` (by then `skip 3`) and for `/skip 3`.
 * Undefined for words that are none, as what people say to each other: `!important`. Where Baton alone can be meant, a sign makes
 * a command of any name, so that a slip of the finger is told. In private a name alone is enough for what only looks.
 */
export function typedCommand(text: string, { isCalled, isPrivate }: TypedWhere): string | undefined {
  const [, sign = '', verb = '', rest = ''] = /^([!/]?)([a-z][a-z0-9_]*)(?=\s|$)([\s\S]*)$/i.exec(text.trim()) ?? []
  const name = verb.toLowerCase()
  if (name === '') return undefined
  const known = commandNamed('chat', name)
  const isMeant = sign === '' ? isCalled : known !== undefined || isCalled || isPrivate
  const isLook = isPrivate && rest === '' && known?.does === 'read'
  return isLook || (isMeant && (sign !== '' || known !== undefined)) ? `/${name}${rest}` : undefined
}
