#!/bin/sh
# Makes docs/slack.png and docs/slack-channel.png from a real run through the stand-in of Slack. Needs chromium, and fonts-noto-color-emoji, or signs are boxes.
set -eu
cd "$(dirname "$0")/.."
chats=$(mktemp -d)
trap 'rm -rf "$chats"' EXIT
BATON_CHATS="$chats" npx vitest run test/slack/picture.test.ts
node scripts/slack-page.ts "$chats/slack.json" > "$chats/slack.html"
# The channel alone, large enough to be read between other things; and the channel with its threads.
shoot() { # width, picture
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1.25 \
    --window-size="$1,$height" --screenshot="$2" "file://$chats/slack.html" 2> /dev/null
}
height=${1:-1362}
shoot 560 docs/slack-channel.png
shoot 1120 docs/slack.png
