#!/bin/sh
# A stand-in agent that speaks Claude's protocol and takes 50 ms for a task: what it does not take is Baton's own.
case "$*" in *--version*) echo '2.1.330 (Claude Code)'; exit 0;; esac
while IFS= read -r line; do
  case $line in
    *'"type":"control_request"'*)
      id=${line#*'"request_id":"'}
      printf '{"type":"control_response","response":{"subtype":"success","request_id":"%s","response":{}}}\n' "${id%%'"'*}" ;;
    *'"type":"user"'*)
      sleep 0.05
      printf '{"type":"system","subtype":"init","session_id":"s","claude_code_version":"2.1.330","model":"m","tools":[],"mcp_servers":[]}\n'
      printf '{"type":"assistant","message":{"id":"m1","content":[{"type":"text","text":"ok"}]}}\n'
      printf '{"type":"result","subtype":"success","is_error":false,"result":"ok","num_turns":1,"total_cost_usd":0.001,"session_id":"s","stop_reason":"end_turn"}\n' ;;
  esac
done
