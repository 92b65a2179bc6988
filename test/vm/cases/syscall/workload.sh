for name in /tmp/one /tmp/other; do
  if said=$(mkdir "$name" 2>&1); then echo "$name: ok"; rmdir "$name"; else echo "$name: ${said##*: }"; fi
done
