# The scripted researcher: what the library says from the angle that its brief names, with where that stands.
brief=$(cat)
angle=$(printf '%s\n' "$brief" | sed -n 's/^Angle: *//p' | head -n 1)
awk -v angle="$angle" '
  function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
  FNR == 1 { title = substr($0, 3) }
  /^- / && index($0, "[" angle "]") {
    claim = $0; sub(/^- /, "", claim)
    gsub(/\[[a-z]*\] */, "", claim)
    address = claim; sub(/^.*\(/, "", address); sub(/\)$/, "", address)
    sub(/ *\([^(]*\)$/, "", claim)
    points = points (points == "" ? "" : ",") "{\"claim\":" quoted(claim) ",\"sources\":[" quoted(address) "]}"
    if (!(address in seen)) {
      seen[address] = 1
      sources = sources (sources == "" ? "" : ",") "{\"url\":" quoted(address) ",\"title\":" quoted(title) ",\"why\":" quoted("as told in " FILENAME) "}"
    }
  }
  END {
    gap = points == "" ? quoted("no line of the library is about " angle) : ""
    printf "{\"angle\":%s,\"points\":[%s],\"sources\":[%s],\"gaps\":[%s]}\n", quoted(angle), points, sources, gap
  }' library/*.md
