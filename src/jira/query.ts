/** What finds the tickets of a project that may become tasks, the oldest first: who waits longest is next. */
export const ticketQuery = ({ project, jql }: { project: string; jql: string }): string =>
  `project = ${JSON.stringify(project)} AND (${jql}) AND statusCategory != Done ORDER BY created ASC`
