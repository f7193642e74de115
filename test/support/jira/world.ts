/** A site of Jira Cloud with one project, in memory: what its people do, and what they see. */
export interface Account {
  accountId: string
  displayName: string
}

export interface Status {
  id: string
  name: string
  statusCategory: { key: 'new' | 'indeterminate' | 'done'; name: string }
}

export interface Comment {
  id: string
  author: Account
  body: unknown
}

export interface Ticket {
  id: string
  key: string
  summary: string
  description: unknown
  status: Status
  reporter: Account | null
  labels: string[]
  created: number
  updated: number
  comments: Comment[]
  properties: Map<string, unknown>
  links: Map<string, { url: string; title: string }>
  changes: { author: Account; created: string; items: object[] }[]
}

export const STATUSES = {
  open: { id: '1', name: 'To Do', statusCategory: { key: 'new', name: 'To Do' } },
  progress: { id: '3', name: 'In Progress', statusCategory: { key: 'indeterminate', name: 'In Progress' } },
  blocked: { id: '4', name: 'Blocked', statusCategory: { key: 'indeterminate', name: 'In Progress' } },
  done: { id: '5', name: 'Released', statusCategory: { key: 'done', name: 'Done' } },
} satisfies Record<string, Status>

/** From where one may go where. Released can only be left by reopening. */
const WORKFLOW: Record<string, { id: string; name: string; to: Status }[]> = {
  [STATUSES.open.id]: [
    { id: '11', name: 'Start', to: STATUSES.progress },
    { id: '12', name: 'Drop', to: STATUSES.done },
  ],
  [STATUSES.progress.id]: [
    { id: '21', name: 'Ship it', to: STATUSES.done },
    { id: '22', name: 'Stop', to: STATUSES.open },
    { id: '23', name: 'Wait', to: STATUSES.blocked },
  ],
  [STATUSES.blocked.id]: [{ id: '31', name: 'Continue', to: STATUSES.progress }],
  [STATUSES.done.id]: [{ id: '41', name: 'Reopen', to: STATUSES.open }],
}

export const BOT: Account = { accountId: 'account-of-baton', displayName: 'Baton' }
export const ANNA: Account = { accountId: 'account-of-anna', displayName: 'Anna' }
export const EVE: Account = { accountId: 'account-of-eve', displayName: 'Eve' }

export class JiraWorld {
  readonly project = { key: 'BAT', name: 'Baton' }
  readonly tickets = new Map<string, Ticket>()
  /** What the search knows: it learns of changes late. */
  readonly index = new Map<string, { labels: string[]; status: Status; updated: number }>()
  /** Whether the search is as slow as the real one. */
  isIndexLate = false
  #count = 0
  #at = Date.UTC(2026, 10, 27, 9)

  text(words: string): unknown {
    return { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }] }
  }

  create(
    summary: string,
    given: { description?: string | object; by?: Account | null; labels?: string[]; status?: Status } = {},
  ): Ticket {
    const number = ++this.#count
    const at = this.#tick()
    const { description = 'Do it.', by = ANNA, labels = ['baton'], status = STATUSES.open } = given
    const ticket: Ticket = {
      ...{ id: String(10_000 + number), key: `${this.project.key}-${number}`, summary, status, labels },
      description: typeof description === 'string' ? this.text(description) : description,
      reporter: by,
      ...{ created: at, updated: at, comments: [], changes: [], properties: new Map(), links: new Map() },
    }
    this.tickets.set(ticket.id, ticket)
    this.reindex()
    return ticket
  }

  find(idOrKey: string): Ticket | undefined {
    return this.tickets.get(idOrKey) ?? [...this.tickets.values()].find(({ key }) => key === idOrKey)
  }

  change(ticket: Ticket, change: Partial<Ticket>): void {
    Object.assign(ticket, change, { updated: this.#tick() })
    if (!this.isIndexLate) this.reindex()
  }

  label(ticket: Ticket, by: Account, ...labels: string[]): void {
    const items = [
      { field: 'labels', fromString: ticket.labels.join(' '), toString: [...ticket.labels, ...labels].join(' ') },
    ]
    ticket.changes.push({ author: by, created: new Date(this.#at).toISOString(), items })
    this.change(ticket, { labels: [...ticket.labels, ...labels] })
  }

  stepsFrom({ status }: Ticket): { id: string; name: string; to: Status }[] {
    return WORKFLOW[status.id] ?? []
  }

  comment(ticket: Ticket, author: Account, body: unknown): Comment {
    const comment = { id: String(++this.#count + 50_000), author, body }
    ticket.comments.push(comment)
    this.change(ticket, {})
    return comment
  }

  reindex(): void {
    this.index.clear()
    for (const { id, labels, status, updated } of this.tickets.values()) this.index.set(id, { labels, status, updated })
  }

  #tick(): number {
    this.#at += 1_000
    return this.#at
  }
}
