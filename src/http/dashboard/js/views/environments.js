// What runs where, since when and by whom; what was deployed there, and the ways back.

import { h, replace } from '../dom.js'
import { ago, firstLine, when } from '../format.js'
import { runAddress } from '../router.js'
import { soon } from '../soon.js'

const REFRESH_MS = 300
const TONES = { live: 'good', 'rolled-back': 'ask', red: 'bad', lost: 'bad', kept: 'ask', 'called-off': 'muted' }

export async function environmentsView(app) {
  const { api, state } = app
  const list = h('div', { class: 'stack' })
  const show = ({ environments }) =>
    replace(
      list,
      environments.length === 0
        ? h(
            'p',
            { class: 'muted' },
            'Nothing was deployed yet. docs/pipelines.md says how a push becomes a deployment.',
          )
        : environments.map((environment) => card(app, environment)),
    )
  show(await api.get('/api/environments'))
  const again = soon(async () => {
    const answer = await api.get('/api/environments').catch(() => undefined)
    if (answer) show(answer)
  }, REFRESH_MS)
  app.keep(again.cancel)
  app.keep(state.onEvent(({ type }) => /^(deployment|environment)\./.test(type) && again()))
  const element = h('div', {}, h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, 'Environments')), list)
  return { title: 'Environments', element }
}

function card(app, environment) {
  const { name, runs, is_red: isRed, missing, locked, frozen, deployments, summary } = environment
  const isWell = runs && !isRed && !missing && !locked
  const state = locked ? 'locked' : isRed ? 'red' : missing ? 'not what it should be' : frozen ? 'frozen' : 'well'
  return h(
    'section',
    { class: 'card', 'aria-label': name },
    h(
      'header',
      {},
      h('h2', {}, name),
      h('span', { class: `chip tone-${isWell ? 'good' : locked || isRed ? 'bad' : 'ask'}` }, state),
    ),
    h(
      'div',
      { class: 'body stack' },
      h('p', {}, h('strong', {}, summary)),
      runs && h('p', { class: 'muted small' }, `since ${when(runs.since)} by ${runs.by}`),
      missing &&
        h(
          'p',
          { class: 'small' },
          `Not ${missing.sha.slice(0, 8)} since ${when(missing.since)}: ${firstLine(missing.why)}`,
        ),
      locked && h('p', { class: 'small deleted' }, `Locked: ${firstLine(locked)}`),
      frozen &&
        h(
          'p',
          { class: 'small' },
          `Frozen by ${frozen.by}${frozen.until ? ` until ${when(frozen.until)}` : ''}${frozen.why ? `: ${frozen.why}` : ''}`,
        ),
      buttons(app, environment),
      history(deployments),
    ),
  )
}

function buttons({ api, toasts, dialogs }, { name, project, locked, frozen }) {
  const send = async (command, text) => {
    try {
      toasts.done((await api.command(command, { text, project })).message)
    } catch (error) {
      toasts.failed(error)
    }
  }
  const asked = (command, label, title, words) => {
    const click = async () => {
      const body = words
        ? [h('label', { class: 'stack' }, words, h('input', { class: 'input', name: 'words', autocomplete: 'off' }))]
        : []
      const data = await dialogs.form({ title, body, confirm: label, danger: command === 'rollback' })
      if (data) await send(command, [name, data.get('words') ?? ''].join(' ').trim())
    }
    return h('button', { class: 'button small', type: 'button', on: { click } }, label)
  }
  return h(
    'div',
    { class: 'buttons', role: 'group', 'aria-label': `What can be done in ${name}` },
    asked('deploy', 'Deploy', `Deploy to ${name}?`, 'Commit or branch; empty for the newest'),
    asked('rollback', 'Roll back', `Bring back what ran in ${name} before?`),
    frozen || locked
      ? asked('unfreeze', locked ? 'Unlock' : 'Unfreeze', `Let deployments to ${name} begin again?`)
      : asked(
          'freeze',
          'Freeze',
          `Let nothing be deployed to ${name}?`,
          'For how long and why, such as 2h the fair is on',
        ),
  )
}

function history(deployments) {
  return h(
    'details',
    { open: true },
    h('summary', { class: 'small' }, 'What was deployed'),
    h(
      'ul',
      { class: 'plain' },
      deployments.map(
        ({
          sha,
          step,
          kind,
          branch,
          started_at: at,
          by,
          approved_by: approved,
          why,
          session_id: run,
          break_glass: reason,
        }) =>
          h(
            'li',
            { class: 'small' },
            h(
              'span',
              { class: `chip tone-${TONES[step] ?? 'run'}` },
              kind === 'rollback' && step === 'rolled-back' ? 'went back' : step.replaceAll('-', ' '),
            ),
            ' ',
            h('a', { href: runAddress(run) }, sha.slice(0, 8)),
            ` ${branch} · ${ago(Date.now() - new Date(at))} · ${by}`,
            approved.length > 0 && ` · approved by ${approved.join(', ')}`,
            reason && ` · in a freeze: ${reason}`,
            why && h('div', { class: 'muted' }, firstLine(why)),
          ),
      ),
    ),
  )
}
