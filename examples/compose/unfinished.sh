# A reviewer that is a program: what somebody meant to come back to. It prints a line for each: the file, the line, what is seen.
cat > /dev/null
find . -name '*.md' -type f ! -path '*/.*' | sort | while IFS= read -r file; do
  file=${file#./} awk '
    /(TODO|FIXME|TBD)/ {
      print ENVIRON["file"] "\t" NR "\t" $0
    }' < "$file"
done
