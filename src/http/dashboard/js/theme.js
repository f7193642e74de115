// Light, dark, or as the system has it.

const NAME = 'baton.theme'
export const THEMES = ['system', 'light', 'dark']

export function createTheme(storage = localStorage) {
  const read = () => (THEMES.includes(storage.getItem(NAME)) ? storage.getItem(NAME) : 'system')
  const show = () => {
    const theme = read()
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
  }
  show()
  return {
    read,
    choose(theme) {
      storage.setItem(NAME, theme)
      show()
    },
  }
}
