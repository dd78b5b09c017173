# A scripted judge that always prefers what it is shown first, whatever that is.
cat > /dev/null
echo '{"winner":"first","reasons":["it was shown first"]}'
