#!/bin/sh
# Makes docs/slack.png from a real run through the stand-in of Slack. Needs chromium, and fonts-noto-color-emoji, or signs are boxes.
set -eu
cd "$(dirname "$0")/.."
chats=$(mktemp -d)
trap 'rm -rf "$chats"' EXIT
BATON_CHATS="$chats" npx vitest run test/slack/picture.test.ts
node scripts/slack-page.ts "$chats/slack.json" > "$chats/slack.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1.25 \
  --window-size="1120,${1:-1362}" --screenshot=docs/slack.png "file://$chats/slack.html" 2> /dev/null
