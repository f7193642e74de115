import { fromAdf } from '../../jira/adf/read.ts'
import type { JiraIssue } from '../../jira/shapes.ts'
import { newFenceName } from '../../text/as-data.ts'
import { sha256 } from '../../text/sha256.ts'
import type { TicketText } from './record.ts'

type Written = Pick<JiraIssue['fields'], 'summary' | 'description'>

/** What is worked on is what stood there when it was taken up. */
export function ticketText({ fields }: { fields: Written }): TicketText {
  const { summary: title } = fields
  const body = fromAdf(fields.description)
  return { title, body, hash: ticketHash({ fields }), fence: newFenceName() }
}

/** Changes with the words of a ticket, and with nothing else of it. */
export const ticketHash = ({ fields: { summary, description } }: { fields: Written }): string =>
  sha256(JSON.stringify([summary, fromAdf(description)]))
