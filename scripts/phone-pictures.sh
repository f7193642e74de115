#!/bin/sh
# Makes the README's pictures of the chat from a real run through the stand-in of the Bot API. Needs chromium.
# With fonts-noto-color-emoji, or signs are boxes.
set -eu
cd "$(dirname "$0")/.."
chats=$(mktemp -d)
trap 'rm -rf "$chats"' EXIT
BATON_CHATS="$chats" npx vitest run test/telegram/bot-evening.test.ts
shoot() { # name of the conversation, height, picture
  node scripts/chat-page.ts "$chats/$1.json" > "$chats/$1.html"
  # Plain colours instead of gradients and shadows: the picture gets a quarter as large.
  echo '<style>body{background:#fff!important;margin:0;padding:0!important}.chat{background:#cfdfb8!important}*{box-shadow:none!important}</style>' >> "$chats/$1.html"
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=2 \
    --window-size="426,$2" --screenshot="$3" "file://$chats/$1.html" 2> /dev/null
}
shoot asked 1160 docs/phone.png
shoot ended 1400 docs/phone-receipts.png

BATON_CHATS="$chats" npx vitest run test/discord/evening.test.ts
node scripts/discord-page.ts "$chats/discord.json" > "$chats/discord.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=2 \
  --window-size=660,1475 --screenshot=docs/discord.png "file://$chats/discord.html" 2> /dev/null
