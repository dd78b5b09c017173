# The scripted judge: the option that gives up less is better. It counts the trade-offs of both.
brief=$(cat)
count() { # the label of the material
  printf '%s\n' "$brief" | awk -v label="label=\"$1\"" '
    index($0, label) { inside = 1 }
    / ORCH-MATERIAL-END / { inside = 0 }
    inside && /^Trade-offs:/ { listed = 1; next }
    inside && listed && /^- / { n++; next }
    { listed = 0 }
    END { print n + 0 }'
}
first=$(count "first option") second=$(count "second option")
if [ "$first" -lt "$second" ]; then winner=first
elif [ "$first" -gt "$second" ]; then winner=second
else winner=tie; fi
printf '{"winner":"%s","reasons":["it gives up less: %s against %s trade-offs are told"]}\n' "$winner" "$first" "$second"
