/** Looks like the chat on a phone; nothing is fetched. */
export const STYLE = `
:root { color-scheme: light; --accent: #3390ec; --mine: #eeffde; --mine-soft: #4fae4e; --text: #0b0b0c; --soft: #8b98a1; }
* { box-sizing: border-box; }
body { margin: 0; padding: 28px; display: flex; gap: 28px; flex-wrap: wrap; justify-content: center; align-items: stretch;
  background: #e8ebef; color: var(--text);
  font: 15.5px/1.36 -apple-system, "SF Pro Text", Roboto, "Noto Sans", "Segoe UI", "Liberation Sans", sans-serif, "Noto Color Emoji"; }
.phone { width: 402px; border-radius: 44px; padding: 10px; background: #16181b; box-shadow: 0 18px 50px #1b274033, 0 2px 8px #1b274026; }
.screen { height: 100%; border-radius: 35px; overflow: hidden; background: #d3e2c4; display: flex; flex-direction: column; }
.bar { display: flex; align-items: center; gap: 11px; padding: 15px 16px 11px; background: #fffffff5; }
.avatar { width: 40px; height: 40px; border-radius: 50%; flex: none; display: grid; place-items: center; color: #fff; font-size: 19px; font-weight: 600;
  background: linear-gradient(160deg, #5cb6f7, #2f7fd6); }
.bar b { display: block; font-size: 16.5px; line-height: 1.2; }
.bar span { color: var(--soft); font-size: 13.5px; }
.chat { flex: 1; min-height: 640px; padding: 10px 8px 14px; display: flex; flex-direction: column; gap: 7px;
  background:
    radial-gradient(circle at 18% 12%, #f2f3c9aa, transparent 45%), radial-gradient(circle at 85% 30%, #bcd8b0cc, transparent 50%),
    radial-gradient(circle at 25% 75%, #a9cfa8cc, transparent 50%), radial-gradient(circle at 80% 90%, #e3ecb9cc, transparent 45%), #cfe0bd; }
.day { align-self: center; padding: 2px 10px; border-radius: 12px; background: #5d7b4f80; color: #fff; font-size: 13px; font-weight: 500; margin: 3px 0; }
.row { display: flex; flex-direction: column; max-width: 93%; align-items: flex-start; align-self: flex-start; }
.row.mine { align-self: flex-end; align-items: flex-end; }
.bubble { position: relative; min-width: 120px; max-width: 100%; padding: 7px 11px 6px; border-radius: 17px 17px 17px 5px; background: #fff; box-shadow: 0 1px 1.5px #1b3a1426;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.row.mine .bubble { background: var(--mine); border-radius: 17px 17px 5px 17px; min-width: 0; }
.row.wide, .row.wide .bubble { width: 100%; }
.meta { float: right; margin: 6px 0 -3px 12px; color: var(--soft); font-size: 11.5px; line-height: 1.5; white-space: nowrap; }
.row.mine .meta { color: var(--mine-soft); }
.bell { opacity: .75; font-size: 10px; }
.sender { font-weight: 600; color: #c65b2c; font-size: 14px; display: block; }
.gone { opacity: .45; }
code { font: 13.5px/1.4 "SF Mono", "Roboto Mono", "Noto Sans Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; color: #14508c; }
pre { margin: 5px 0 3px; padding: 0 9px 6px; border-radius: 6px; border-left: 3px solid var(--accent); background: #3390ec14; overflow: hidden; white-space: pre-wrap; overflow-wrap: anywhere; }
pre .lang { display: block; margin: 0 -9px 5px; padding: 2px 9px; background: #3390ec1c; color: #1f6fbf; font: 600 12.5px/1.45 inherit; font-family: inherit; }
pre:not(:has(.lang)) { padding-top: 6px; }
pre, pre code { font: 12.9px/1.42 "SF Mono", "Roboto Mono", "Noto Sans Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; color: #22303c; }
pre .add { color: #197a34; } pre .del { color: #b3261e; } pre .hunk { color: #7a5fb0; }
blockquote { position: relative; margin: 4px 0 3px; padding: 3px 22px 4px 9px; border-radius: 6px; border-left: 3px solid var(--accent); background: #3390ec14; font-size: 14.5px; }
blockquote::after { content: "❞"; position: absolute; right: 7px; top: 1px; color: var(--accent); font-size: 11px; }
blockquote.folded { max-height: 92px; overflow: hidden; padding-bottom: 0; }
blockquote.folded.long::before { content: "⌄"; position: absolute; right: 7px; bottom: 0; color: var(--accent); font-weight: 700; z-index: 1; }
blockquote.folded.long { -webkit-mask: linear-gradient(#000 62%, #0006 92%); }
.reply { margin: 1px 0 5px; padding: 2px 9px; border-radius: 6px; border-left: 3px solid var(--accent); background: #3390ec14; font-size: 13.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.row.mine .reply { border-color: var(--mine-soft); background: #4fae4e1c; }
.reply b { display: block; color: #1f6fbf; } .row.mine .reply b { color: #37893a; }
.file { display: flex; gap: 10px; align-items: center; padding: 2px 0; }
.file i { width: 42px; height: 42px; border-radius: 50%; flex: none; display: grid; place-items: center; background: var(--accent); color: #fff; font-style: normal; font-size: 19px; }
.row.mine .file i { background: var(--mine-soft); }
.file b { display: block; font-weight: 600; line-height: 1.25; } .file span { color: var(--soft); font-size: 13px; }
.keys { display: flex; flex-direction: column; gap: 4px; width: 100%; margin-top: 4px; }
.keys div { display: flex; gap: 4px; }
.keys span { flex: 1; padding: 8px 6px; border-radius: 9px; text-align: center; color: #fff; font-size: 14.5px; font-weight: 500; background: #58704ccc;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.keys .success { background: #2f9e44e6; } .keys .danger { background: #d6453de6; } .keys .primary { background: #2f7fd6e6; }
.toast { align-self: center; padding: 3px 11px; border-radius: 13px; background: #30383fd0; color: #fff; font-size: 13px; }
`
