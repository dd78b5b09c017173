# The scripted implementer: mends what its brief names, findings and complaints alike, and nothing else.
brief=$(cat)
changes=
mend() { # what the brief has to name, a sed program, what is different then
  case $brief in *"$1"*) ;; *) return 0 ;; esac
  old=$(cat total.sh) new=$(sed "$2" total.sh)
  [ "$old" != "$new" ] || return 0
  printf '%s\n' "$new" > total.sh
  changes="$changes${changes:+, }$3"
}
mend "A comment counts" "s|;' '{ sum += |;' '!/^#/ { sum += |" "comments are left out"
mend "name has two words" 's| \$1$| "$1"|' "the argument is quoted"
mend "FAILED: an empty list" 's|print sum }|print sum + 0 }|' "an empty list sums to 0"
if [ -n "$changes" ]; then
  printf '{"summary":"In total.sh %s.","changes":[{"path":"total.sh","what":"%s"}],"checks":[],"left_open":[]}\n' \
    "$changes" "$changes"
else
  echo '{"summary":"Nothing that the brief names had to change.","changes":[],"checks":[],"left_open":[]}'
fi
