/** A row as a database gives it. */
export type SqlRow = Record<string, unknown>

/** Asks a database one thing. */
export type Sql = <T extends SqlRow = SqlRow>(text: string, values?: readonly unknown[]) => Promise<T[]>
