# The scripted reader: does the claim that the brief names hold of the version that it names?
brief=$(cat)
file=$(printf '%s\n' "$brief" | sed -n 's/^ *- \(versions\/[0-9]*\.md\)$/\1/p' | head -n 1)
case $brief in
  *"how a backup is restored"*) word=restore ;;
  *"how often a backup is made"*) word="every night" ;;
  *"where the backups are kept"*) word="cold storage" ;;
  *)
    echo '{"verdict":"unverified","summary":"the script does not know this claim","evidence":[],"remaining":[]}'
    exit 0 ;;
esac
if line=$(grep -n -i -m 1 "$word" "$file"); then
  verdict=confirmed seen=$line
elif [ $? -eq 1 ]; then
  verdict=refuted seen="no line has '$word'"
else
  exit 1
fi
printf '{"verdict":"%s","summary":"read %s","evidence":[{"what":"grep -i %s","observed":"%s"}],"remaining":[]}\n' \
  "$verdict" "$file" "$file" "$seen"
