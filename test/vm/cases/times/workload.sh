failed=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  touch "/tmp/many-$i" 2>/dev/null || failed=$((failed + 1))
done
rm -f /tmp/many-*
echo "failed $failed of 20"
