# The scripted proposer: of the three answers that lie ready, the one that suits the stance in its brief.
brief=$(cat)
case $brief in
  *"smallest"* | *"with the least"*) name=short title="uniq alone" gives='"it takes one process less"' risks='"equal words that are apart"' ;;
  *"look after it for years"*) name=pipeline title="sort, then uniq" gives='"five processes","it sorts the text twice"' risks= ;;
  *) name=counting title="one pass with awk" gives='"all distinct words are kept in memory"' risks= ;;
esac
printf '{"title":"%s","summary":"As in options/%s.sh.","approach":"Run options/%s.sh on the text.","trade_offs":[%s],"risks":[%s],"check":"sh try.sh %s"}\n' \
  "$title" "$name" "$name" "$gives" "$risks" "$name"
