/** Types of properties that a ledger's service can make and fill. */
export const PROPERTY_TYPES = [
  'title',
  'rich_text',
  'number',
  'select',
  'multi_select',
  'date',
  'checkbox',
  'url',
] as const
export type PropertyType = (typeof PROPERTY_TYPES)[number]

/** A property of the ledger's pages, and the fact that it shows. */
export interface LedgerProperty {
  type: PropertyType
  source: string
}

const of = (type: PropertyType, source: string): LedgerProperty => ({ type, source })

/** What a page shows where `notion.properties` does not say otherwise. */
export const LEDGER_PROPERTIES: Readonly<Record<string, LedgerProperty>> = {
  Name: of('title', 'title'),
  ID: of('rich_text', 'id'),
  Kind: of('select', 'kind'),
  Project: of('select', 'project'),
  Status: of('select', 'status'),
  Actor: of('rich_text', 'actor'),
  Started: of('date', 'started_at'),
  Ended: of('date', 'ended_at'),
  Seconds: of('number', 'seconds'),
  Reason: of('rich_text', 'reason'),
  Link: of('url', 'url'),
  'Queued at': of('date', 'run.created_at'),
  Surface: of('select', 'run.surface'),
  'Task files': of('multi_select', 'run.files'),
  Sources: of('multi_select', 'run.sources'),
  Links: of('rich_text', 'run.links'),
  Tasks: of('number', 'run.tasks'),
  Titles: of('rich_text', 'run.titles'),
  Done: of('number', 'run.done'),
  Failed: of('number', 'run.failed'),
  Skipped: of('number', 'run.skipped'),
  Undone: of('number', 'run.undone'),
  Attempts: of('number', 'run.attempts'),
  Failures: of('number', 'run.failures'),
  Turns: of('number', 'run.turns'),
  'Cost, USD': of('number', 'run.cost_usd'),
  'Approved in advance': of('checkbox', 'run.auto_approve'),
  'Files changed': of('number', 'run.files_changed'),
  'Lines added': of('number', 'run.lines_added'),
  'Lines removed': of('number', 'run.lines_removed'),
  'Checks passed': of('number', 'run.checks_passed'),
  'Checks failed': of('number', 'run.checks_failed'),
  Findings: of('number', 'run.findings'),
  Commits: of('rich_text', 'run.commits'),
  Environment: of('select', 'deployment.environment'),
  Commit: of('rich_text', 'deployment.sha'),
  Branch: of('select', 'deployment.branch'),
  'Approved by': of('rich_text', 'deployment.approved_by'),
  'Previous commit': of('rich_text', 'deployment.previous_sha'),
  'Previous release': of('rich_text', 'deployment.previous_release'),
  'Rolled back at': of('date', 'deployment.rolled_back_at'),
  'Through a freeze': of('rich_text', 'deployment.break_glass'),
  'Number in its environment': of('number', 'deployment.epoch'),
  Run: of('rich_text', 'deployment.run'),
}

/** What a page is about. */
export const LEDGER_KINDS = ['run', 'deployment'] as const
export type LedgerKind = (typeof LEDGER_KINDS)[number]

/** Facts of runs and deployments alike. */
export const SHARED_FACTS = [
  'id',
  'kind',
  'title',
  'project',
  'status',
  'actor',
  'started_at',
  'ended_at',
  'seconds',
  'reason',
  'url',
] as const
export type SharedFact = (typeof SHARED_FACTS)[number]

/** Every name that a property may have as its source: a shared fact also as that of one kind alone, as in `deployment.status`. */
export const LEDGER_SOURCES: ReadonlySet<string> = new Set([
  ...Object.values(LEDGER_PROPERTIES).map(({ source }) => source),
  ...LEDGER_KINDS.flatMap((kind) => SHARED_FACTS.map((name) => `${kind}.${name}`)),
])
