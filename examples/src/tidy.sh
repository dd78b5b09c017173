# A program that tidies Markdown: blanks at the ends of lines, several blank lines in a row, and words that stand twice,
# outside of code (but "had had" and "that that", which may be right). As a worker it reads from its brief which paths are
# its own, and prints the files that it changed; a worker that may write nothing prints a list of the files' titles.
brief=$(cat)
own=$(printf '%s\n' "$brief" | awk '
  /^SCOPE$/ { scope = 1; next }
  scope && /^- / { print substr($0, 3) }
  scope && /^$/ { exit }')
if [ -z "$own" ]; then
  list=$(find . -name '*.md' -type f ! -path '*/.*' | sort | while IFS= read -r file; do
    title=$(sed -n 's/[[:space:]]*$//; s/^# *//p' "$file" | head -n 1)
    [ -z "$title" ] || printf -- '- [%s](%s)\n' "$title" "${file##*/}"
  done)
  printf 'section\n# Contents\n\n%s\n' "$list"
  exit 0
fi
tidy() {
  awk '
    /^ *(```|~~~)/ { fence = !fence }
    fence || /^(    |\t)/ { print; blank = 0; next }
    { if ($0 !~ /[^ \t]  $/) sub(/[ \t\r]+$/, "") }
    /^$/ { if (++blank > 1) next; print; next }
    {
      blank = 0
      if ($0 !~ /[|`]/) {
        n = split($0, word, " "); line = $0
        for (i = 1; i < n; i++)
          if (tolower(word[i]) == word[i + 1] && word[i] ~ /^[A-Za-z][a-z]+$/ && word[i + 1] !~ /^(had|that)$/) {
            twice = " " word[i] " " word[i + 1] " "
            at = index(" " line " ", twice)
            if (at) line = substr(line, 1, at - 1 + length(word[i])) substr(line, at + 2 * length(word[i]) + 1)
          }
        $0 = line
      }
      print
    }' < "$1"
}
echo fix
change() { # a file
  case $1 in *.md) ;; *) return 0 ;; esac
  new=$(tidy "$1"; printf x) old=$(cat < "$1"; printf x)
  [ "$new" != "$old" ] || return 0
  printf '%s' "${new%x}" > "$1"
  printf '%s\n' "$1"
}
while IFS= read -r path; do
  [ -d "$path" ] || { change "$path"; continue; }
  while IFS= read -r file; do change "$file"; done <<FOUND
$(find "$path" -name '*.md' -type f)
FOUND
done <<OWN
$own
OWN
