import type { SourceLease } from '../../core/source-lease.ts'
import type { Jira } from '../../jira/client.ts'

/** Changes tickets for as long as this machine listens to them, and only as the others know of. */
export function changesWhileListening(jira: Jira, { confirm }: SourceLease): Jira {
  const first =
    <G extends unknown[], T>(change: (...given: G) => Promise<T>) =>
    async (...given: G): Promise<T> => {
      await confirm()
      return change(...given)
    }
  const { addComment, editComment, transition, setProperty, link } = jira
  return {
    ...jira,
    ...{ addComment: first(addComment), editComment: first(editComment), transition: first(transition) },
    ...{ setProperty: first(setProperty), link: first(link) },
  }
}
