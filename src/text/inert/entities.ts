/** For XML and Slack's texts: the three signs that begin or end something there are written as entities. */
export function withEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
