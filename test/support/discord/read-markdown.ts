import { parse } from 'discord-markdown-parser'

interface Part {
  type: string
  content?: unknown
  target?: string
  id?: string
  name?: string
}

const NAMES: Record<string, (part: Part) => string> = {
  user: ({ id }) => `⟨user ${id}⟩`,
  role: ({ id }) => `⟨role ${id}⟩`,
  channel: ({ id }) => `⟨channel ${id}⟩`,
  everyone: () => '⟨everyone⟩',
  here: () => '⟨here⟩',
  emoji: () => '⟨emoji⟩',
  twemoji: ({ name }) => name ?? '',
  timestamp: () => '⟨time⟩',
  slashCommand: () => '⟨command⟩',
  spoiler: ({ content }) => `⟨hidden ${wordsOf(content)}⟩`,
  guildNavigation: () => '⟨place⟩',
  br: () => '\n',
}

/** What a person reads of Discord's Markdown, by somebody else's parser of it; everything that is more than words stands in ⟨⟩. */
export function readMarkdown(text: string, where: 'normal' | 'extended' = 'normal'): string {
  return wordsOf(parse(text, where))
}

function wordsOf(content: unknown): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(wordsOf).join('')
  const part = content as Part
  const named = NAMES[part.type]
  return named ? named(part) : wordsOf(part.content)
}
