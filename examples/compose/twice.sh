# A reviewer that is a program: words that stand twice. It prints a line for each: the file, the line, what is seen.
cat > /dev/null
find . -name '*.md' -type f ! -path '*/.*' | sort | while IFS= read -r file; do
  file=${file#./} awk '
    /^ *(```|~~~)/ { fence = !fence }
    fence || /[|`]/ { next }
    { n = split($0, word, " ")
      for (i = 1; i < n; i++)
        if (tolower(word[i]) == word[i + 1] && word[i] ~ /^[A-Za-z][a-z]+$/ && word[i + 1] !~ /^(had|that)$/) {
          print ENVIRON["file"] "\t" NR "\t" word[i] " " word[i + 1]
        } }' < "$file"
done
