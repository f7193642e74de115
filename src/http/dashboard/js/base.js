// Where this page is served from: the path before /dashboard, which a proxy may have put there.

export const base = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')
