import { FormCheck } from './errors.ts'

// What Discord refuses, by its documented limits.

type Fields = Record<string, unknown>
const list = (value: unknown): Fields[] => (Array.isArray(value) ? (value as Fields[]) : [])

/** A message's body: throws 50035 with every place that is wrong. */
export function checkMessage(body: Fields): void {
  const check = new FormCheck()
  check.text('content', body.content, 2_000)
  checkEmbeds(check, list(body.embeds))
  checkRows(check, list(body.components))
  checkNonce(check, body)
  checkMentions(check, body.allowed_mentions as Fields | undefined)
  check.end()
}

function checkEmbeds(check: FormCheck, embeds: Fields[]): void {
  check.count('embeds', embeds.length, 10)
  let units = 0
  for (const [i, embed] of embeds.entries()) {
    check.text(`embeds.${i}.description`, embed.description, 4_096)
    check.text(`embeds.${i}.title`, embed.title, 256)
    units += String(embed.description ?? '').length + String(embed.title ?? '').length
  }
  if (units > 6_000) check.add('embeds', 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000')
}

function checkRows(check: FormCheck, rows: Fields[]): void {
  check.count('components', rows.length, 5)
  const ids = new Set<unknown>()
  for (const [r, row] of rows.entries()) {
    const parts = list(row.components)
    const at = `components.${r}.components`
    if (row.type !== 1)
      check.add(`components.${r}.type`, 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).')
    check.count(at, parts.length, parts.some(({ type }) => type === 3) ? 1 : 5, 1)
    for (const [c, part] of parts.entries()) {
      check.text(`${at}.${c}.custom_id`, part.custom_id, 100, 1)
      if (ids.has(part.custom_id))
        check.add(`${at}.${c}.custom_id`, 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated')
      ids.add(part.custom_id)
      if (part.type === 2) {
        check.text(`${at}.${c}.label`, part.label, 80, 1)
        if (![1, 2, 3, 4].includes(Number(part.style)))
          check.add(`${at}.${c}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of (1, 2, 3, 4).')
      } else if (part.type === 3) checkSelect(check, `${at}.${c}`, part)
      else check.add(`${at}.${c}.type`, 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (2, 3).')
    }
  }
}

function checkSelect(check: FormCheck, at: string, part: Fields): void {
  const options = list(part.options)
  check.count(`${at}.options`, options.length, 25, 1)
  check.text(`${at}.placeholder`, part.placeholder, 150)
  const values = new Set<unknown>()
  for (const [o, option] of options.entries()) {
    check.text(`${at}.options.${o}.label`, option.label, 100, 1)
    check.text(`${at}.options.${o}.value`, option.value, 100, 1)
    if (values.has(option.value))
      check.add(
        `${at}.options.${o}.value`,
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      )
    values.add(option.value)
  }
}

function checkNonce(check: FormCheck, { nonce, enforce_nonce: enforced }: Fields): void {
  if (nonce !== undefined) check.text('nonce', nonce, 25)
  if (enforced === true && nonce === undefined)
    check.add('nonce', 'NONCE_REQUIRED', 'nonce is required when enforce_nonce is set')
}

function checkMentions(check: FormCheck, mentions: Fields | undefined): void {
  const parse = (mentions?.parse ?? []) as string[]
  const users = (mentions?.users ?? []) as string[]
  if (parse.includes('users') && users.length > 0)
    check.add(
      'allowed_mentions',
      'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
      'parse:["users"] and users: [ids...] are mutually exclusive.',
    )
  const roles = (mentions?.roles ?? []) as string[]
  check.count('allowed_mentions.roles', roles.length, 100)
  check.count('allowed_mentions.users', users.length, 100)
  for (const [i, id] of [...users, ...roles].entries())
    if (!/^\d{1,20}$/.test(id))
      check.add(`allowed_mentions.${i}`, 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`)
}

/** A modal's body. */
export function checkModal(data: Fields): void {
  const check = new FormCheck()
  check.text('data.custom_id', data.custom_id, 100, 1)
  check.text('data.title', data.title, 45, 1)
  const parts = list(data.components)
  check.count('data.components', parts.length, 5, 1)
  let shown = 0
  for (const [i, part] of parts.entries()) {
    const at = `data.components.${i}`
    if (part.type === 10) {
      check.text(`${at}.content`, part.content, 4_000, 1)
      shown += String(part.content).length
    } else if (part.type === 18) {
      const field = (part.component ?? {}) as Fields
      check.text(`${at}.label`, part.label, 45, 1)
      check.text(`${at}.component.custom_id`, field.custom_id, 100, 1)
      if (field.type !== 4 || ![1, 2].includes(Number(field.style)))
        check.add(`${at}.component`, 'UNION_TYPE_CHOICES', 'Not a text input.')
      if (Number(field.max_length ?? 1) > 4_000)
        check.add(`${at}.component.max_length`, 'NUMBER_TYPE_MAX', 'max_length ≤ 4000')
      check.text(`${at}.component.placeholder`, field.placeholder, 100)
    } else check.add(`${at}.type`, 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1, 10, 18).')
  }
  if (shown > 4_000) check.add('data.components', 'COMPONENT_MAX_TEXT', 'Too much text.')
  check.end()
}

/** The commands of a guild, put as a whole. */
export function checkCommands(commands: Fields[]): void {
  const check = new FormCheck()
  check.count('commands', commands.length, 100)
  const names = new Set<unknown>()
  for (const [i, command] of commands.entries()) {
    let units = 0
    const named = (at: string, { name, description }: Fields) => {
      if (typeof name !== 'string' || !/^[-_'\p{L}\p{N}]{1,32}$/u.test(name) || name !== name.toLowerCase())
        check.add(`${at}.name`, 'STRING_TYPE_REGEX', 'String value did not match validation regex.')
      check.text(`${at}.description`, description, 100, 1)
      units += String(name).length + String(description).length
    }
    named(String(i), command)
    if (names.has(command.name))
      check.add(`${i}.name`, 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique')
    names.add(command.name)
    const options = list(command.options)
    check.count(`${i}.options`, options.length, 25)
    let wasOptional = false
    for (const [o, option] of options.entries()) {
      named(`${i}.options.${o}`, option)
      if (option.required === true && wasOptional)
        check.add(
          `${i}.options.${o}`,
          'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
          'Required options must be placed before non-required options',
        )
      wasOptional ||= option.required !== true
      if (![3, 4, 5].includes(Number(option.type)))
        check.add(`${i}.options.${o}.type`, 'BASE_TYPE_CHOICES', 'Unknown type.')
    }
    if (units > 8_000) check.add(String(i), 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)')
  }
  check.end()
}
