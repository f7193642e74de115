import { readFileSync } from 'node:fs'
import type { Request, RequestHandler } from 'express'
import express from 'express'
import { basePathOf } from '../base-path.ts'
import { dashboardFolder } from '../dashboard-folder.ts'
import type { Parts } from '../parts.ts'
import type { Route } from '../route.ts'

/** The page of the dashboard, its files, and to programs what there is. None of it holds anybody's data. */
export function homeRoutes(
  { version, config }: Pick<Parts, 'version' | 'config'>,
  routes: readonly Route[],
): { page: RequestHandler; missing: RequestHandler; files: RequestHandler } {
  const folder = dashboardFolder()
  // Its files are named by their whole path, so that the page is the same with and without a slash at the end.
  const files = `"${basePathOf(config.http.url)}/dashboard/`
  const page = readFileSync(`${folder}/index.html`, 'utf8').replaceAll('"/dashboard/', files)
  const endpoints = [
    { method: 'GET', path: '/', summary: 'The dashboard' },
    ...routes.map(({ method, path, summary }) => ({ method: method.toUpperCase(), path, summary })),
  ]
  return {
    page: (req, res) => {
      res.setHeader('Vary', 'Accept')
      if (req.path === '/' && !wantsPage(req)) {
        res.json({ service: 'baton', version, endpoints })
        return
      }
      res.setHeader('Cache-Control', 'no-cache')
      res.type('html').send(page)
    },
    // Somebody who navigates there in a browser gets a page, which knows the way back.
    missing: (req, res, next) => {
      if (req.method !== 'GET' || !wantsPage(req)) return next()
      res.status(404).setHeader('Cache-Control', 'no-cache').type('html').send(page)
    },
    files: express.static(folder, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      // Asked again each time: a new version is seen at once, and what is unchanged costs nothing.
      setHeaders: (res) => void res.setHeader('Cache-Control', 'no-cache'),
    }),
  }
}

/**
 * Only who names HTML gets it: a program such as curl takes anything, or does not say, and could do nothing with a page.
 * Of two names the preferred one counts.
 */
function wantsPage(req: Pick<Request, 'accepts'>): boolean {
  const accepted = req.accepts()
  const [page, json] = [accepted.indexOf('text/html'), accepted.indexOf('application/json')]
  return page >= 0 && (json < 0 || page < json)
}
