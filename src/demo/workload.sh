for name in bananas apples; do
  echo text >"/tmp/new" && mv /tmp/new "/tmp/$name"
  if said=$(cat "/tmp/$name" 2>&1 >/dev/null); then echo "open $name: ok"; else echo "open $name: ${said##*: }"; fi
done
