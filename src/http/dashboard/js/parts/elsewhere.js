// What other machines work on, where several share their runs.

import { h } from '../dom.js'
import { doneOf, runName, when } from '../format.js'
import { runAddress } from '../router.js'
import { chip } from './status.js'

export function createElsewhere() {
  const list = h('ul', { class: 'body' })
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'elsewhere-title', hidden: true },
    h('header', {}, h('h2', { id: 'elsewhere-title' }, 'On other machines')),
    list,
  )
  let drawn = ''
  return {
    element,
    update({ elsewhere = [] }) {
      element.hidden = elsewhere.length === 0
      const shown = JSON.stringify(elsewhere)
      if (shown === drawn) return
      drawn = shown
      list.replaceChildren(
        ...elsewhere.map((run) =>
          h(
            'li',
            { class: 'row' },
            chip(run.status),
            h('a', { href: runAddress(run.session_id) }, `${run.machine}: ${runName(run)}`),
            h('span', { class: 'muted small numbers' }, doneOf(run)),
            run.machine_silent_since &&
              h('span', { class: 'small' }, `Nothing heard of ${run.machine} since ${when(run.machine_silent_since)}`),
          ),
        ),
      )
    },
  }
}
