# A reviewer that is a program: words that stand twice.
cat > /dev/null
find . -name '*.md' -type f ! -path '*/.*' | sort | while IFS= read -r file; do
  awk -v path="${file#./}" '
    /^ *(```|~~~)/ { fence = !fence }
    fence || /[|`]/ { next }
    { n = split($0, word, " ")
      for (i = 1; i < n; i++)
        if (tolower(word[i]) == word[i + 1] && word[i] ~ /^[A-Za-z][a-z]+$/ && word[i + 1] !~ /^(had|that)$/) {
          gsub(/["\\]/, "", path)
          printf "{\"path\":\"%s\",\"line\":%d,\"severity\":\"low\",\"claim\":\"The word %s stands twice.\",\"evidence\":\"%s %s\",\"recommendation\":\"Take one of them out.\",\"lens\":\"twice\",\"confidence\":0.9}\n", path, NR, word[i], word[i], word[i]
        } }' "$file"
done | awk 'BEGIN { printf "{\"findings\":[" } { printf "%s%s", (NR > 1 ? "," : ""), $0 } END { print "]}" }'
